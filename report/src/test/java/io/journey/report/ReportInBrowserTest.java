package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.condition.Condition;
import io.journey.dataset.MemoryDataset;
import io.journey.results.Attribution;
import io.journey.results.FakeAttribution;
import io.journey.results.groups.GroupScoresRun;
import io.journey.results.groups.Grouping;
import io.journey.run.Compute;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a reader meets it. Skipped where there is no Chromium. */
class ReportInBrowserTest {
  private static final int[] STEPS = {100, 300, 500, 700, 900};
  private static final int TARGETS = 3;

  @TempDir Path folder;

  @TempDir Path profile;

  private Chromium browser;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Chromium.find().isPresent(), "no Chromium here: name one in $CHROMIUM");
    browser = Chromium.start(Chromium.find().orElseThrow(), profile);
  }

  @AfterEach
  void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private String write(MemoryDataset data, FakeAttribution fake) {
    return write(data, fake, "attribution");
  }

  private String write(MemoryDataset data, FakeAttribution fake, String name) {
    Path page = folder.resolve(name.equals("attribution") ? "page.html" : name + ".html");
    AttributionReport.write(fake.write(folder.resolve(name), data), data, page);
    return page.toUri().toString();
  }

  private String usual() {
    return usual("attribution");
  }

  private String usual(String name) {
    MemoryDataset data = AttributionReportTest.data(60, 3, 8);
    FakeAttribution fake = AttributionReportTest.fake(data, STEPS, TARGETS, 2);
    fake.loss = "checkpoint,step,loss\n0,1,1\n0,2000,0.1\n1,1,0.9\n1,2000,0.09\n";
    fake.mask = FakeAttribution.upperHalf(8, 8);
    return write(data, fake, name);
  }

  private int count(String selector) throws Exception {
    return browser.evaluate("document.querySelectorAll('" + selector + "').length").asInt();
  }

  private String text(String selector) throws Exception {
    return browser.evaluate("document.querySelector('" + selector + "').textContent").asText();
  }

  /** Errors, refusals by the page's policy, and whatever was asked of a network. */
  private List<String> complaints() {
    List<String> found = new ArrayList<>();
    for (JsonNode event : browser.events("Runtime.exceptionThrown")) {
      found.add(event.toString());
    }
    for (JsonNode event : browser.events("Log.entryAdded")) {
      found.add(event.toString());
    }
    for (JsonNode event : browser.events("Runtime.consoleAPICalled")) {
      found.add(event.toString());
    }
    for (JsonNode event : browser.events("Network.requestWillBeSent")) {
      String url = event.at("/params/request/url").asText();
      if (!url.startsWith("file:") && !url.startsWith("data:")) {
        found.add(url);
      }
    }
    return found;
  }

  @Test
  void theFirstPictureIsShownWithoutAnyInteraction() throws Exception {
    browser.open(usual());
    assertThat(complaints()).isEmpty();
    assertThat(count("#chooser img.final")).isEqualTo(TARGETS);
    assertThat(count(".journey img.training")).isEqualTo(2 * PageData.SHOWN * STEPS.length);
    assertThat(count(".journey img.step")).isEqualTo(2 * STEPS.length);
    assertThat(count(".bump .node")).isEqualTo(10 * STEPS.length);
    assertThat(count("#overlap-one td")).isEqualTo(STEPS.length * STEPS.length);
    assertThat(count("#classes .bar")).isEqualTo(STEPS.length);
    assertThat(count("#loss path.curve")).isEqualTo(2);
    assertThat(text("#journey-title")).startsWith("Picture 0, step by step");
    assertThat(broken()).isZero();
    assertThat(count("img:not([alt])")).isZero();
    assertThat(browser.evaluate("'hacked' in window").asBoolean()).isFalse();
    assertThat(text(".journey .example")).contains("<i>Bag");
  }

  /** Scores over all steps, and groups whose names want to run a script. */
  private String whole(int checkpoints) {
    MemoryDataset data = AttributionReportTest.data(60, 3, 8);
    FakeAttribution fake = AttributionReportTest.fake(data, STEPS, TARGETS, checkpoints);
    fake.overSteps = true;
    fake.inputs.putArray("files").add("a.png").add(AttributionReportTest.HOSTILE).add("c.png");
    Path directory = fake.write(folder.resolve("whole"), data);
    Attribution attribution = Attribution.open(directory);
    Path groups = folder.resolve("groups");
    try (RunContext context = RunContext.of(Compute.JAVA, 1, Progress.SILENT)) {
      Grouping byClass = Grouping.ofExamples(Grouping.CLASS, attribution.examples());
      new GroupScoresRun(attribution, byClass, 99, 0).run(groups, context);
    }
    Path page = folder.resolve("whole.html");
    AttributionReport.write(
        directory, null, List.of(), List.of(groups), data, ShownTimesteps.fitting(), page);
    return page.toUri().toString();
  }

  @Test
  void thePageLeadsWithTheWholeTrajectoryAndShowsGroups() throws Exception {
    String url = whole(3);
    for (int width : new int[] {1280, 390, 320}) {
      browser.show(width, 800, width == 390);
      browser.open(url + "?" + width + "#target-1");
      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
          .as("at %d", width)
          .isEqualTo(width);
    }
    assertThat(complaints()).isEmpty();
    assertThat(browser.evaluate("'hacked' in window").asBoolean()).isFalse();
    assertThat(text("#over-title")).isEqualTo("Picture 1, over all steps");
    assertThat(count("#over .example")).isEqualTo(2 * PageData.SHOWN);
    assertThat(count("#over tbody .strip > span")).isEqualTo(2 * PageData.SHOWN * STEPS.length);
    assertThat(count("#groups tbody tr")).isEqualTo(2);
    assertThat(text("#groups tbody")).contains("<i>Bag", "Coat");
    assertThat(text("#target dl")).contains(AttributionReportTest.HOSTILE);
    assertThat(text("h1")).contains("find this picture likely");
    browser.evaluate("document.querySelector('#over .example').focus()");
    browser.press("ArrowDown");
    assertThat(browser.evaluate("document.activeElement.closest('table').className").asText())
        .isEqualTo("over pos");
    assertThat(text("#readout")).contains("Place among 60");
  }

  /** The scale ends at 1.12 times the farthest group; Student's t of two checkpoints is 12.7. */
  @Test
  void anIntervalThatIsCutEndsInAnArrow() throws Exception {
    browser.open(whole(2));
    int arrows = 0;
    for (int target = 0; target < TARGETS; target++) {
      browser.evaluate("location.hash = '#target-" + target + "'");
      browser.evaluate("new Promise(done => setTimeout(done, 50))");
      String cut =
          "(rows => rows.flatMap(row => row.interval).filter(z => Math.abs(z) > 1.12 * Math.max(4,"
              + " ...rows.map(row => Math.abs(row.z)))).length)(data.groups[0].targets["
              + target
              + "].rows)";
      assertThat(count("#groups .cut")).isEqualTo(browser.evaluate(cut).asInt());
      arrows += count("#groups .cut");
    }
    assertThat(arrows).isPositive();
  }

  /** Under a picture from elsewhere stands its file, whatever the model was told. */
  @Test
  void aPictureFromElsewhereIsCalledByItsFile() throws Exception {
    MemoryDataset data = CaptionedReportTest.data(30, 8);
    FakeAttribution fake = CaptionedReportTest.fake(data, STEPS);
    fake.conditions = List.of(new Condition.Prompt(""), new Condition.Prompt("a dog"));
    fake.inputs.putArray("files").add("a.png").add("b.png");
    browser.open(write(data, fake));
    assertThat(text("#chooser")).contains("a.png", "b.png").doesNotContain("no words", "a dog");
    assertThat(complaints()).isEmpty();
  }

  /** How many pictures did not load, once all have been tried. */
  private int broken() throws Exception {
    return browser
        .evaluate(
            "Promise.all([...document.images].map(i => i.decode().then(() => i.naturalWidth,"
                + " () => 0))).then(widths => widths.filter(w => w === 0).length)")
        .asInt();
  }

  @Test
  void thePageIsNeverWiderThanItsWindow() throws Exception {
    String url = usual();
    for (int width : new int[] {1280, 768, 390, 320}) {
      browser.show(width, 800, width == 390);
      browser.open(url + "?" + width);
      int page = browser.evaluate("document.documentElement.scrollWidth").asInt();
      assertThat(page).as("at %d", width).isEqualTo(width);
      assertThat(broken()).isZero();
    }
    assertThat(complaints()).isEmpty();
  }

  @Test
  void aPictureIsChosenByAddressAndByArrowKeys() throws Exception {
    browser.open(usual() + "#target-1");
    assertThat(text("#journey-title")).startsWith("Picture 1,");
    browser.evaluate("document.querySelector('#choose-1').focus()");
    browser.press("ArrowRight");
    assertThat(text("#journey-title")).startsWith("Picture 2,");
    assertThat(browser.evaluate("location.hash").asText()).isEqualTo("#target-2");
    browser.evaluate("location.hash = '#target-0'");
    browser.evaluate("new Promise(done => setTimeout(done, 50))");
    assertThat(text("#journey-title")).startsWith("Picture 0,");
    browser.open(folder.resolve("page.html").toUri() + "?#target-99");
    assertThat(text("#journey-title")).startsWith("Picture 0,");
    assertThat(complaints()).isEmpty();
  }

  @Test
  void aTrainingImageIsFollowedByKeyboard() throws Exception {
    browser.open(usual());
    browser.evaluate("document.querySelector('.example').focus()");
    // The hostile example leads at every step of picture 0.
    assertThat(count(".example.same")).isEqualTo(STEPS.length);
    assertThat(text("#readout")).startsWith(AttributionReportTest.HOSTILE).contains("among 60: 1");
    browser.press("ArrowRight");
    browser.press("ArrowDown");
    String second =
        "document.querySelectorAll('.journey .pos tr')[1].querySelectorAll('button')[1]";
    assertThat(browser.evaluate("document.activeElement === " + second).asBoolean()).isTrue();
    assertThat(count(".example[tabindex=\"0\"]")).isEqualTo(1);
    browser.evaluate(second + ".click()");
    assertThat(count(".example[aria-pressed=true]")).isPositive();
    assertThat(complaints()).isEmpty();
  }

  @Test
  void fewExamplesWithoutClassesAndOneStepAreShown() throws Exception {
    MemoryDataset data = new MemoryDataset(1, 4, 4);
    for (int i = 0; i < 3; i++) {
      data.add("only " + i, Condition.NONE, new float[16]);
    }
    float[][][][] scores = FakeAttribution.noise(1, 1, 1, 3, 1);
    FakeAttribution fake = new FakeAttribution(new int[] {400}, new float[1][16], scores);
    browser.open(write(data, fake));
    assertThat(count(".journey img.training")).isEqualTo(6);
    assertThat(browser.evaluate("document.querySelector('#classes-section').hidden").asBoolean())
        .isTrue();
    assertThat(browser.evaluate("document.querySelector('#bump-section').hidden").asBoolean())
        .isTrue();
    assertThat(text(".findings")).contains("Nothing here stands out");
    assertThat(complaints()).isEmpty();
  }

  @Test
  void manyStepsScrollInsideTheirFigures() throws Exception {
    int[] steps = new int[20];
    for (int s = 0; s < steps.length; s++) {
      steps[s] = 50 * s;
    }
    MemoryDataset data = AttributionReportTest.data(60, 1, 8);
    browser.show(390, 800, false);
    browser.open(write(data, AttributionReportTest.fake(data, steps, 1, 1)));
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt()).isEqualTo(390);
    for (String figure : List.of(".journey td", ".matrix td", ".bump .node rect")) {
      String width = "document.querySelector('" + figure + "').getBoundingClientRect().width";
      assertThat(browser.evaluate(width).asDouble()).as(figure).isGreaterThan(24);
    }
    assertThat(complaints()).isEmpty();
  }

  @Test
  void tablesOfManyStepsAreDrawnSmallAndFitTheirFigures() throws Exception {
    int[] steps = IntStream.range(0, 300).toArray();
    MemoryDataset data = AttributionReportTest.data(60, 1, 8);
    FakeAttribution fake = AttributionReportTest.fake(data, steps, 2, 1);
    for (int width : new int[] {1280, 390}) {
      browser.show(width, 800, false);
      browser.open(write(data, fake) + "?" + width);
      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt()).isEqualTo(width);
      assertThat(text("main")).contains("The figures show 100 of the 300 attributed steps");
      assertThat(count("#overlap-one td")).isEqualTo(100 * 100);
      for (String box : List.of("#overlap-one", "#overlap-all")) {
        String element = "document.querySelector('" + box + "')";
        assertThat(browser.evaluate(element + ".scrollHeight").asInt())
            .as(box)
            .isEqualTo(browser.evaluate(element + ".clientHeight").asInt())
            .isLessThan(800);
      }
      assertThat(browser.evaluate("document.querySelector('#classes .bars').clientHeight").asInt())
          .isLessThan(800);
    }
    // Of a hundred places the first, the best and the last are told.
    browser.evaluate("document.querySelectorAll('.example')[3].focus()");
    assertThat(text("#readout").split("t\u00a0=", -1)).hasSizeBetween(3, 4);
    assertThat(complaints()).isEmpty();
  }

  @Test
  void anEvaluationIsShownAndNothingInItRuns() throws Exception {
    Path lds = EvaluationSectionTest.hostile(folder.resolve("lds"));
    Path page = folder.resolve("page.html");
    EvaluationReport.write(List.of(lds), page);
    for (int width : new int[] {1280, 390}) {
      browser.show(width, 800, false);
      browser.open(page.toUri() + "?" + width);
      assertThat(broken()).isZero();
      assertThat(browser.evaluate("document.querySelector('.chart').width").asInt()).isEqualTo(720);
      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt()).isEqualTo(width);
    }
    assertThat(browser.evaluate("'hacked' in window").asBoolean()).isFalse();
    assertThat(text(".warnings li")).startsWith("Beware of </script>");
    browser.evaluate("document.querySelector('summary').click()");
    assertThat(count("details[open] .numbers tbody tr")).isEqualTo(EvaluationSection.ROWS);
    assertThat(complaints()).isEmpty();
  }

  @Test
  void thePolicyRefusesAScriptThatIsNotThePages() throws Exception {
    browser.open(usual());
    browser.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
            + " {textContent: 'window.foreign = 1'}))");
    assertThat(browser.evaluate("'foreign' in window").asBoolean()).isFalse();
    assertThat(complaints()).isNotEmpty(); // So a refusal would be seen by the other tests.
  }

  private String captioned() {
    MemoryDataset data = CaptionedReportTest.data(60, 64);
    FakeAttribution fake = CaptionedReportTest.fake(data, STEPS);
    fake.mask = FakeAttribution.upperHalf(64, 64);
    fake.conditions =
        List.of(
            new Condition.Prompt("رجل a dog " + "very long ".repeat(40) + "x".repeat(300)),
            new Condition.Prompt(""));
    fake.inputs.put("guidance", "classifier-free:7.5:</dd><b>blurry");
    return write(data, fake);
  }

  @Test
  void promptsCaptionsAndTheMaskAreShown() throws Exception {
    browser.open(captioned());
    assertThat(complaints()).isEmpty();
    assertThat(broken()).isZero();
    assertThat(browser.evaluate("'hacked' in window").asBoolean()).isFalse();
    assertThat(text("#target dd")).startsWith("رجل a dog").endsWith("x");
    assertThat(browser.evaluate("getComputedStyle(document.querySelector('#target dd')).direction"))
        .hasToString("\"rtl\"");
    assertThat(text("#target")).contains("Negative prompt</dd><b>blurry", "Guidance7.5");
    // The mask on the picture, on x̂0 of every step and in the chooser, and no longer on x_t.
    assertThat(count("#target .mask .over")).isEqualTo(1);
    assertThat(count(".journey .mask")).isEqualTo(STEPS.length);
    assertThat(count("#chooser .mask")).isEqualTo(2);
    assertThat(
            browser.evaluate("document.querySelector('#mask-inside-0').getBBox().height").asInt())
        .isEqualTo(32);
    assertThat(count(".journey .example .words")).isEqualTo(2 * PageData.SHOWN * STEPS.length);
    assertThat(text("#words")).contains("dog");
    browser.evaluate("document.querySelector('.example[data-example=\"0\"]').focus()");
    assertThat(count("#readout li")).isEqualTo(2);
    assertThat(text("#readout")).contains("onerror=window.hacked=1>\\u202e", "one dog at play");
    browser.evaluate("location.hash = '#target-1'");
    browser.evaluate("new Promise(done => setTimeout(done, 50))");
    assertThat(text("#target dd")).isEqualTo("no words");
    assertThat(browser.evaluate("document.querySelector('#words-section').hidden").asBoolean())
        .isTrue();
    assertThat(complaints()).isEmpty();
  }

  @Test
  void wordsOfAnyLengthStayInsideTheWindow() throws Exception {
    String url = captioned();
    for (int width : new int[] {1280, 420, 320}) {
      browser.show(width, 800, false);
      browser.open(url + "?" + width);
      browser.evaluate("document.querySelector('.example').focus()");
      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
          .as("at %d", width)
          .isEqualTo(width);
    }
  }

  /** Pointing at an image must not move it away from the pointer. */
  @Test
  void theCloseUpChangesNoHeight() throws Exception {
    for (String url : List.of(captioned(), usual("plain"))) {
      browser.open(url);
      String top = "document.querySelector('.journey').getBoundingClientRect().top + scrollY";
      double before = browser.evaluate(top).asDouble();
      browser.evaluate("document.querySelector('.example').focus({preventScroll: true})");
      assertThat(browser.evaluate(top).asDouble()).isEqualTo(before);
    }
  }
}
