package io.journey.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.tensor.TestContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.Point;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;

/** What a person does on the page, in Chromium. */
class BrowserTest extends InBrowser {
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

  private Object script(String text) {
    return ((JavascriptExecutor) browser).executeScript(text);
  }

  @Test
  void whileAPictureIsDrawnNoOtherIsLookedAt() {
    visit("");
    int before = browser.findElements(By.cssSelector("#targets img")).size();
    String place = one("#step-name").getText();
    Object chosen =
        script(
            "document.getElementById('draw-seed').value = 78;"
                + "document.getElementById('draw-it').click();"
                + "const all = [...document.querySelectorAll('#targets input')];"
                + "all[1].click();"
                + "document.querySelector('[data-save=png]').click();"
                + "return all.findIndex((one) => one.checked) + ' ' +"
                + " document.getElementById('toast').textContent;");
    assertThat(chosen).isEqualTo("0 A picture is being drawn: save when it is done.");
    wait.until(b -> browser.findElements(By.cssSelector("#targets img")).size() == before + 1);
    finished();
    assertThat(hash()).contains("t=" + before, "seed%22%3A78");
    assertThat(one("#step-name").getText()).isEqualTo(place);
    requireQuiet();
  }

  @Test
  void theKeyboardGoesIntoThePanelAndBackToTheImage() {
    visit("");
    String first = shown("positive").get(0);
    script("document.querySelector('#positive .open').focus()");
    browser.switchTo().activeElement().sendKeys(Keys.ENTER);
    assertThat(script("return document.activeElement.className")).isEqualTo("close-panel");
    // The chart is drawn again with each of the ten steps that has an answer.
    wait.until(b -> browser.findElements(By.cssSelector("#panel .dot")).size() == 10);
    script("document.querySelector('#panel .dot').focus()");
    new Actions(browser).sendKeys(Keys.ENTER).perform();
    finished();
    assertThat(one("#step-name").getText()).contains("(1 of 10)");
    press(Keys.ESCAPE);
    assertThat(script("return document.activeElement.closest('.card-of').dataset.image"))
        .isEqualTo(first);
    script("document.querySelector('input[name=tool]').focus()");
    browser.switchTo().activeElement().sendKeys(Keys.ARROW_RIGHT);
    assertThat(script("return document.querySelector('input[name=tool]:checked').value"))
        .isEqualTo("lasso");
    assertThat(one("#step-name").getText()).contains("(1 of 10)");
    requireQuiet();
  }

  @Test
  void aLinkPastedIntoAnOpenTabShowsItsViewAlone() {
    visit("");
    one("#positive .open").click();
    assertThat(one("#panel").isDisplayed()).isTrue();
    script("location.hash = '#t=1&e=ek-fac&k='");
    finished();
    assertThat(one("#panel").isDisplayed()).isFalse();
    assertThat(one("#column").getDomProperty("value")).isEmpty();
    script("location.hash = '#t=0&d=gone.png'");
    wait.until(b -> one("#toast").getText().contains("gone.png"));
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
