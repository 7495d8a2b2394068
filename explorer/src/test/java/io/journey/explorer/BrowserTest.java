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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.Point;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** What a person does on the page, in Chromium. Skipped where it or its driver is not installed. */
class BrowserTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Held, as it would be forgotten: warns of every Chromium newer than Selenium. */
  private static final java.util.logging.Logger VERSIONS =
      java.util.logging.Logger.getLogger("org.openqa.selenium.devtools");

  @TempDir static Path shared;

  private static ExplorerSources sources;
  private static Explorer explorer;
  private static Path chromium;
  private static Path driver;

  private ChromeDriver browser;
  private WebDriverWait wait;

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

  private void visit(String hash) {
    browser.get(explorer.address() + hash);
    finished();
  }

  /** Waits until what is shown is the last answer to what is asked. */
  private void finished() {
    wait.until(
        b ->
            browser.findElements(By.cssSelector("#answer[data-finished=true]:not(.stale)")).size()
                == 1);
  }

  private WebElement one(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  private List<String> shown(String list) {
    return browser.findElements(By.cssSelector("#" + list + " .card-of")).stream()
        .map(card -> card.getDomAttribute("data-image"))
        .toList();
  }

  private String hash() {
    return (String) ((JavascriptExecutor) browser).executeScript("return location.hash");
  }

  private void press(CharSequence... keys) {
    new Actions(browser).sendKeys(keys).perform();
  }

  /** Nothing of the page fails, and nothing is asked of another machine. */
  private void requireQuiet() {
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

  @Test
  void aPatchIsDrawnAndTheListsChange() {
    visit("");
    assertThat(browser.getCurrentUrl()).doesNotContain("token");
    assertThat(shown("positive")).isNotEmpty();
    List<String> whole = List.of(one("#positive").getText(), one("#negative").getText());
    WebElement canvas = one("#predicted");
    new Actions(browser)
        .moveToElement(canvas, -canvas.getSize().width / 2 + 4, -canvas.getSize().height / 2 + 4)
        .clickAndHold()
        .moveByOffset(canvas.getSize().width / 3, canvas.getSize().height / 3)
        .release()
        .perform();
    finished();
    assertThat(one("#rect").getDomProperty("value")).matches("0, 0, [34], [34]");
    assertThat(hash()).containsPattern("m=r0\\.0\\.[34]\\.[34]");
    assertThat(List.of(one("#positive").getText(), one("#negative").getText())).isNotEqualTo(whole);
    press(Keys.ESCAPE);
    finished();
    assertThat(hash()).doesNotContain("m=");
    assertThat(List.of(one("#positive").getText(), one("#negative").getText())).isEqualTo(whole);
    requireQuiet();
  }

  @Test
  void lassoAndBrushMarkWhatTheyGoAround() {
    visit("");
    WebElement canvas = one("#noisy");
    int side = canvas.getSize().width;
    for (String tool : List.of("l", "b")) {
      press(tool);
      new Actions(browser)
          .moveToElement(canvas, -side / 4, -side / 4)
          .clickAndHold()
          .moveByOffset(side / 2, 0)
          .moveByOffset(0, side / 2)
          .moveByOffset(-side / 2, 0)
          .release()
          .perform();
      finished();
      assertThat(hash()).as(tool).contains("m=p");
      press(Keys.ESCAPE);
      finished();
    }
    requireQuiet();
  }

  @Test
  void keysScrubChooseAndHelp() {
    visit("#t=0&s=" + "0");
    String before = one("#step-name").getText();
    press(Keys.ARROW_LEFT);
    finished();
    assertThat(one("#step-name").getText()).isNotEqualTo(before);
    press(Keys.ARROW_RIGHT);
    finished();
    assertThat(one("#step-name").getText()).isEqualTo(before);
    press(Keys.HOME);
    finished();
    assertThat(one("#step-name").getText()).contains("(1 of 10)");
    press(Keys.ARROW_DOWN);
    finished();
    assertThat(hash()).contains("t=1");
    press("?");
    assertThat(one("#keys").isDisplayed()).isTrue();
    press(Keys.ESCAPE);
    assertThat(one("#keys").isDisplayed()).isFalse();
    requireQuiet();
  }

  @Test
  void anImageIsOpenedPinnedHiddenAndTheViewComesBack() {
    visit("#t=1&e=ek-fac&m=r0.0.5.5");
    List<String> cards = shown("positive");
    one("#positive .open").click();
    wait.until(b -> !browser.findElements(By.cssSelector("#panel .over-steps .dot")).isEmpty());
    wait.until(b -> browser.findElements(By.cssSelector("#panel .near button")).size() == 12);
    assertThat(one("#panel").getText()).contains("train/", "place 1 of 24");
    assertThat(hash()).contains("i=" + cards.get(0));
    press("p");
    assertThat(shown("pinned")).containsExactly(cards.get(0));
    press(Keys.ESCAPE);
    assertThat(one("#panel").isDisplayed()).isFalse();
    WebElement second = one("#positive .card-of[data-image='" + cards.get(1) + "'] .open");
    ((JavascriptExecutor) browser).executeScript("arguments[0].focus()", second);
    press("h");
    assertThat(shown("positive")).doesNotContain(cards.get(1));
    String link = hash();
    List<String> left = shown("positive");
    browser.switchTo().newWindow(WindowType.TAB);
    visit(link);
    assertThat(shown("pinned")).containsExactly(cards.get(0));
    assertThat(shown("positive")).isEqualTo(left);
    assertThat(hash()).isEqualTo(link);
    requireQuiet();
  }

  @Test
  void wordsFindImagesAndAnAnswerIsComparedWithAnother() {
    visit("");
    String id = one("#positive .open").getDomAttribute("title").split("\n")[1];
    one("#find").sendKeys(id);
    assertThat(shown("positive")).hasSize(1);
    one("#find").sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
    one("#keep").click();
    assertThat(one("#compared").getText())
        .contains("10 of the strongest ten are the same", "+1.00");
    press(Keys.ESCAPE, Keys.HOME);
    finished();
    assertThat(one("#compared").getText()).containsPattern("\\d+ of the strongest ten");
    assertThat(one("#positive .score").getText()).contains("was #");
    requireQuiet();
  }

  @Test
  void anotherPictureIsDrawnAndAskedAbout() {
    visit("");
    int before = browser.findElements(By.cssSelector("#targets img")).size();
    one("#draw-seed").sendKeys(Keys.chord(Keys.CONTROL, "a"), "77");
    one("#draw-it").click();
    wait.until(b -> browser.findElements(By.cssSelector("#targets img")).size() == before + 1);
    finished();
    assertThat(hash()).contains("t=" + before, "seed%22%3A77");
    requireQuiet();
  }

  @Test
  void onAPhoneNothingStandsOut() {
    for (int width : List.of(360, 420)) {
      browser.manage().window().setPosition(new Point(0, 0));
      browser.executeCdpCommand(
          "Emulation.setDeviceMetricsOverride",
          java.util.Map.of("width", width, "height", 800, "deviceScaleFactor", 2, "mobile", true));
      visit("");
      Object over =
          ((JavascriptExecutor) browser)
              .executeScript("return document.documentElement.scrollWidth - innerWidth");
      assertThat(((Number) over).intValue()).as("at %d", width).isLessThanOrEqualTo(0);
      one("#positive .open").click();
      assertThat(one("#panel").isDisplayed()).isTrue();
    }
    requireQuiet();
  }

  @Test
  void aServerThatStopsIsTold() {
    try (Explorer other = Explorer.start(sources, 0, TestContext.TWO)) {
      browser.get(other.address());
      finished();
    }
    press(Keys.HOME);
    wait.until(b -> one("#gone").isDisplayed());
    assertThat(one("#gone").getText()).contains("has stopped", "journey explore");
    browser.manage().logs().get(LogType.BROWSER); // That it was not there is in the log.
  }
}
