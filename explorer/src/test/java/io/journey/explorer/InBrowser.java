package io.journey.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.tensor.TestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium with the page in it. Tests are skipped where it or its driver is not installed. */
abstract class InBrowser {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Held, as it would be forgotten: warns of every Chromium newer than Selenium. */
  private static final java.util.logging.Logger VERSIONS =
      java.util.logging.Logger.getLogger("org.openqa.selenium.devtools");

  @TempDir static Path shared;

  static ExplorerSources sources;
  static Explorer explorer;
  private static Path chromium;
  private static Path driver;

  ChromeDriver browser;
  WebDriverWait wait;

  @BeforeAll
  static void start() {
    Optional<Path> foundBrowser = find("CHROMIUM", "chromium", "chromium-browser", "google-chrome");
    Optional<Path> foundDriver = find("CHROMEDRIVER", "chromedriver");
    Assumptions.assumeTrue(
        foundBrowser.isPresent() && foundDriver.isPresent(), "no chromium with its chromedriver");
    VERSIONS.setLevel(java.util.logging.Level.SEVERE);
    chromium = foundBrowser.get();
    driver = foundDriver.get();
    sources = TinyRun.in(shared);
    explorer = Explorer.start(sources, 0, TestContext.TWO);
  }

  @AfterAll
  static void end() {
    if (explorer != null) {
      explorer.close();
    }
  }

  private static Optional<Path> find(String variable, String... names) {
    String named = System.getenv(variable);
    if (named != null) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    String[] folders = System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator);
    return Stream.of(names)
        .flatMap(name -> Stream.of(folders).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @BeforeEach
  void open() {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
    logs.enable(LogType.PERFORMANCE, java.util.logging.Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run");
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build();
    browser = new ChromeDriver(service, options);
    browser.manage().window().setSize(new Dimension(1280, 900));
    wait = new WebDriverWait(browser, PATIENCE, Duration.ofMillis(50));
  }

  @AfterEach
  void quit() {
    if (browser != null) {
      browser.quit();
    }
  }

  void visit(String hash) {
    browser.get(explorer.address() + hash);
    finished();
  }

  /** Waits until what is shown is the last answer to what is asked. */
  void finished() {
    wait.until(
        b ->
            browser.findElements(By.cssSelector("#answer[data-finished=true]:not(.stale)")).size()
                == 1);
  }

  WebElement one(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  List<String> shown(String list) {
    return browser.findElements(By.cssSelector("#" + list + " .card-of")).stream()
        .map(card -> card.getDomAttribute("data-image"))
        .toList();
  }

  String hash() {
    return (String) ((JavascriptExecutor) browser).executeScript("return location.hash");
  }

  void press(CharSequence... keys) {
    new Actions(browser).sendKeys(keys).perform();
  }

  /** Nothing of the page fails, and nothing is asked of another machine. */
  void requireQuiet() {
    for (LogEntry entry : browser.manage().logs().get(LogType.BROWSER)) {
      assertThat(entry.getMessage()).as("a message of the browser").isEmpty();
    }
    for (LogEntry entry : browser.manage().logs().get(LogType.PERFORMANCE)) {
      String told = entry.getMessage();
      if (told.contains("Network.requestWillBeSent\"")) {
        assertThat(told).containsPattern("\"url\":\"(http://127\\.0\\.0\\.1:|data:|blob:)");
      }
    }
  }

  /** What the page says of an expression. */
  Object script(String code, Object... arguments) {
    return ((JavascriptExecutor) browser).executeScript(code, arguments);
  }
}
