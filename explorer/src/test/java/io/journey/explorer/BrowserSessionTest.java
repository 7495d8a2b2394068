package io.journey.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.journey.run.Csv;
import io.journey.tensor.TestContext;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.Select;

/** What a person brings to the page, takes from it, and meets when the server goes and comes. */
class BrowserSessionTest extends InBrowser {
  private Path dropped() throws IOException {
    return Files.write(
        shared.resolve("corner.png"),
        DroppedPictureTest.picture("png", BufferedImage.TYPE_INT_ARGB));
  }

  private int targets() {
    return browser.findElements(By.cssSelector("#targets img")).size();
  }

  @Test
  void aFileThatIsChosenIsAskedAbout() throws IOException {
    visit("");
    int before = targets();
    one("#bring-file").sendKeys(dropped().toString());
    wait.until(b -> targets() == before + 1);
    finished();
    assertThat(one("#words").getText()).isEqualTo("corner.png");
    assertThat(one("#asked").getText()).contains("did not draw this picture", "not how it was");
    assertThat(one("#predicted-name").getText()).contains("the picture itself");
    assertThat(shown("positive")).isNotEmpty();
    String link = hash();
    assertThat(link).contains("d=corner.png");
    browser.switchTo().newWindow(WindowType.TAB);
    visit(link);
    assertThat(one("#words").getText()).as("another tab has it, too").isEqualTo("corner.png");
    requireQuiet();
  }

  @Test
  void aFileThatIsDroppedIsAskedAboutAndABadOneIsRefusedInASentence() throws IOException {
    visit("");
    int before = targets();
    drop("noise.png", new byte[] {1, 2, 3});
    wait.until(b -> !one("#toast").getText().isEmpty());
    assertThat(one("#toast").getText()).contains("noise.png").endsWith(".");
    finished();
    assertThat(targets()).isEqualTo(before);
    browser.manage().logs().get(LogType.BROWSER); // That it was refused is in the log.
    drop("corner.png", Files.readAllBytes(dropped()));
    wait.until(b -> targets() == before + 1);
    finished();
    assertThat(one("#words").getText()).isEqualTo("corner.png");
    requireQuiet();
  }

  private void drop(String name, byte[] bytes) {
    List<Integer> numbers = new ArrayList<>();
    for (byte b : bytes) {
      numbers.add(b & 255);
    }
    script(
        "const data = new DataTransfer();"
            + "data.items.add(new File([new Uint8Array(arguments[1])], arguments[0]));"
            + "for (const kind of ['dragenter', 'dragover', 'drop'])"
            + " document.body.dispatchEvent(new DragEvent(kind,"
            + " { bubbles: true, cancelable: true, dataTransfer: data }));",
        name,
        numbers);
  }

  @Test
  void imagesAreColouredAndFilteredByAColumn() {
    visit("");
    assertThat(one("#column").getDomProperty("value")).isEqualTo("class");
    wait.until(b -> !browser.findElements(By.cssSelector("#legend .chip")).isEmpty());
    WebElement chip = one("#legend .chip");
    String[] words = chip.getText().split(" ");
    String name = chip.getText().substring(0, chip.getText().lastIndexOf(' '));
    int count = Integer.parseInt(words[words.length - 1]);
    chip.click();
    List<WebElement> left =
        browser.findElements(By.cssSelector("#positive .group-of, #negative .group-of"));
    assertThat(left).hasSizeGreaterThanOrEqualTo(count);
    assertThat(left).allSatisfy(mark -> assertThat(mark.getText()).isEqualTo(name));
    assertThat(hash()).contains("k=class", "c=");
    one("#every summary").click();
    wait.until(b -> !browser.findElements(By.cssSelector("#everything .card-of")).isEmpty());
    Set<String> listed =
        browser.findElements(By.cssSelector("#everything .group-of")).stream()
            .map(WebElement::getText)
            .collect(Collectors.toSet());
    assertThat(listed).containsExactly(name);
    assertThat(one("#every-count").getText()).endsWith(" of 24");
    String link = hash();
    browser.switchTo().newWindow(WindowType.TAB);
    visit(link);
    wait.until(b -> name.equals(one("#group").getDomProperty("value")));
    requireQuiet();
  }

  /** The list has cards for what is in sight alone, in the order that is asked for. */
  @Test
  void allImagesAreListedInTheOrderAskedFor() {
    visit("");
    one("#every summary").click();
    wait.until(
        b -> {
          script(
              "scrollTo(0, document.documentElement.scrollHeight)"); // The list opens in a moment.
          return inOrder().size() == TinyRun.IMAGES;
        });
    List<String> highest = inOrder();
    assertThat(highest).startsWith(shown("positive").get(0), shown("positive").get(1));
    new Select(one("#every-order")).selectByValue("lowest");
    wait.until(b -> inOrder().get(0).equals(highest.get(TinyRun.IMAGES - 1)));
    List<String> lowest = new ArrayList<>(inOrder());
    Collections.reverse(lowest);
    assertThat(lowest).isEqualTo(highest);
    new Select(one("#every-order")).selectByValue("data");
    wait.until(b -> inOrder().get(0).equals("0"));
    assertThat(inOrder().subList(0, 3)).containsExactly("0", "1", "2");
    requireQuiet();
  }

  @SuppressWarnings("unchecked")
  private List<String> inOrder() {
    return (List<String>)
        script(
            "return [...document.querySelectorAll('#everything .card-of')].sort((a, b) =>"
                + " parseFloat(a.style.top) - parseFloat(b.style.top) ||"
                + " parseFloat(a.style.left) - parseFloat(b.style.left))"
                + ".map((card) => card.dataset.image)");
  }

  @Test
  void thePanelHasScoresOverAllPicturesThatLeadThere() {
    visit("#t=0");
    one("#positive .open").click();
    int cells = 6 * targets();
    wait.until(b -> browser.findElements(By.cssSelector("#panel .heat button")).size() == cells);
    assertThat(one("#panel").getText()).contains("source", "28 × 28 pixels", "Nearest by pixels");
    WebElement other = one("#panel .heat tr:nth-of-type(2) td:nth-of-type(4) button");
    String told = other.getDomAttribute("title");
    other.click();
    finished();
    assertThat(hash()).contains("t=1");
    assertThat(told).contains(one("#step-name").getText().split(" \\(")[0] + ":");
    assertThat(one("#panel").isDisplayed()).isTrue();
    requireQuiet();
  }

  @Test
  void anAnswerIsNotSavedUnderTheNextQuestionsStep() {
    visit("#t=1");
    browser.executeScript(
        "const s = document.getElementById('step');"
            + "s.value = s.value === s.max ? s.min : s.max;"
            + "s.dispatchEvent(new Event('input'));"
            + "document.querySelector('[data-save=json]').click();");
    wait.until(b -> one("#toast").getText().contains("not there yet"));
    requireQuiet();
  }

  @Test
  void whatIsSavedIsWhatIsSeen() throws Exception {
    Path folder = Files.createDirectories(shared.resolve("downloads"));
    browser.executeCdpCommand(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", folder.toString()));
    visit("#t=1&m=r0.0.5.5");
    String first = one("#positive .open").getDomAttribute("title").split("\n")[1];
    for (String kind : List.of("csv", "json", "png")) {
      one("#save").click();
      one("[data-save=" + kind + "]").click();
    }
    Path csv = saved(folder, ".csv");
    List<List<String>> lines = new ArrayList<>();
    Csv.lines(Files.readString(csv), csv, lines::add);
    assertThat(lines).hasSize(1 + TinyRun.IMAGES);
    assertThat(lines.get(0)).startsWith("rank", "index", "id", "class").endsWith("margin", "class");
    assertThat(lines.get(1).get(2)).isEqualTo(first);
    JsonNode json = new ObjectMapper().readTree(saved(folder, ".json").toFile());
    assertThat(json.path("scores")).hasSize(TinyRun.IMAGES);
    assertThat(json.path("margins")).hasSize(TinyRun.IMAGES);
    assertThat(json.path("mask").path("rect")).hasSize(4);
    int best = Integer.parseInt(lines.get(1).get(1));
    assertThat(json.path("scores").path(best).floatValue())
        .isEqualTo(Float.parseFloat(lines.get(1).get(5)));
    BufferedImage png = ImageIO.read(saved(folder, ".png").toFile());
    assertThat(png.getWidth()).isGreaterThan(1000);
    one("#save").click();
    one("[data-save=link]").click();
    wait.until(b -> one("#toast").getText().contains("link"));
    String link = hash();
    browser.switchTo().newWindow(WindowType.TAB);
    visit(link);
    assertThat(one("#positive .open").getDomAttribute("title").split("\n")[1]).isEqualTo(first);
    requireQuiet();
  }

  private Path saved(Path folder, String ending) {
    return wait.until(
        b -> {
          try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(ending)).findFirst().orElse(null);
          } catch (IOException e) {
            return null;
          }
        });
  }

  /** The page says it, and goes on with the same view when the server is back. */
  @Test
  void aServerThatIsKilledAndComesBackIsGoneOnWith() throws InterruptedException {
    AccessToken token = AccessToken.kept(shared.resolve("kept-token"));
    Explorer other = Explorer.start(sources, 0, token, TestContext.TWO);
    int port = URI.create(other.address()).getPort();
    try {
      browser.get(other.address() + "#t=1&m=r1.1.4.4");
      finished();
      press(Keys.HOME);
    } finally {
      other.close();
    }
    wait.until(b -> one("#gone").isDisplayed());
    assertThat(one("#gone").getText())
        .contains("has stopped", "--port", "--token")
        .doesNotContain("\n");
    String view = hash();
    script("window.before = true");
    browser.manage().logs().get(LogType.BROWSER); // That it was not there is in the log.
    try (Explorer again = Explorer.start(sources, port, token, TestContext.TWO)) {
      wait.until(b -> Boolean.TRUE.equals(script("return window.before === undefined")));
      finished();
      assertThat(hash()).isEqualTo(view).contains("m=r1.1.4.4");
      assertThat(one("#gone").isDisplayed()).isFalse();
      assertThat(shown("positive")).isNotEmpty();
    }
    try (Explorer stranger = Explorer.start(sources, port, TestContext.TWO)) {
      wait.until(b -> one("#gone").getText().contains("started anew"));
      assertThat(one("#gone").getText()).contains("Open the address that it printed");
    }
  }

  @Test
  void anUnfinishedRunIsLookedAtAndAnswersWhenItIsFinished() throws IOException {
    Path later = shared.resolve("later");
    ExplorerSources unfinished =
        new ExplorerSources(
            "later",
            sources.checkpoints(),
            later,
            true,
            sources.target(),
            sources.data(),
            List.of());
    try (Explorer other = Explorer.start(unfinished, 0, TestContext.TWO)) {
      browser.get(other.address());
      wait.until(b -> one("#missing").isDisplayed());
      assertThat(one("#missing").getText()).contains("Features are not finished");
      press(Keys.HOME);
      assertThat(one("#step-name").getText()).contains("(1 of 10)");
      UnfinishedRunTest.copy(sources.features(), later);
      finished();
      assertThat(one("#missing").isDisplayed()).isFalse();
      assertThat(shown("positive")).isNotEmpty();
      requireQuiet();
    }
  }
}
