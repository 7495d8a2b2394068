package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.MemoryDataset;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.AttributionAgreement;
import io.journey.results.FakeAttribution;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttributionReportTest {
  private static final int[] STEPS = {100, 500, 900};
  static final String HOSTILE = "</script><img src=x onerror=window.hacked=1>{{data}}";

  @TempDir Path folder;

  /** Random pictures of two classes; the id of example 0 wants to run a script. */
  static MemoryDataset data(int n, int channels, int side) {
    MemoryDataset data = new MemoryDataset(channels, side, side).classes("<i>Bag", "Coat");
    for (int i = 0; i < n; i++) {
      float[] image = new float[channels * side * side];
      Seed.of(2).child("image").child(i).stream().fillGaussian(image);
      data.add(i == 0 ? HOSTILE : "train/" + i, i % 2, image);
    }
    return data;
  }

  static FakeAttribution fake(MemoryDataset data, int[] steps, int targets, int members) {
    float[][] finals = new float[targets][data.shape().numel()];
    for (int t = 0; t < targets; t++) {
      data.read(t % data.size(), finals[t], 0);
    }
    float[][][][] scores = FakeAttribution.noise(members, steps.length, targets, data.size(), 6);
    for (float[][] step : scores[0]) {
      step[0][0] = 40; // The hostile id is shown at every step of the first picture.
    }
    return new FakeAttribution(steps, finals, scores);
  }

  private String page(FakeAttribution fake, MemoryDataset data) throws IOException {
    Path page = folder.resolve("page.html");
    AttributionReport.write(fake.write(folder.resolve("attribution"), data), data, page);
    return Files.readString(page);
  }

  /** The numbers a page draws from. */
  static ObjectNode numbers(String page) {
    String open = "id=\"data\">";
    int start = page.indexOf(open) + open.length();
    String text = page.substring(start, page.indexOf("</script>", start));
    return Json.parse(text.getBytes(StandardCharsets.UTF_8), "the page");
  }

  @Test
  void otherDataIsRefusedInOneSentence() {
    MemoryDataset data = data(30, 1, 4);
    Path attribution = fake(data, STEPS, 2, 2).write(folder.resolve("attribution"), data);
    data.fingerprint("feedfacefeedfacefeedface");
    assertThatThrownBy(
            () -> AttributionReport.write(attribution, data, folder.resolve("page.html")))
        .isInstanceOf(JourneyException.class)
        .hasMessageEndingWith(
            "was made from data with the fingerprint 0123456789ab…, memory:test has"
                + " feedfacefeed…: name the data it was made from.");
    assertThat(folder.resolve("page.html")).doesNotExist();
  }

  @Test
  void theUnitOfScoresIsSaidWhereTheyHaveOne() throws IOException {
    MemoryDataset data = data(30, 1, 4);
    FakeAttribution fake = fake(data, STEPS, 2, 2);
    String without = page(fake, data);
    assertThat(numbers(without).get("change").asBoolean()).isFalse();
    assertThat(without).doesNotContain("if training had never met the image");
    fake.unit = Attribution.CHANGE;
    Path again = fake.write(folder.resolve("changes"), data);
    AttributionReport.write(again, data, folder.resolve("changes.html"));
    String with = Files.readString(folder.resolve("changes.html"));
    assertThat(numbers(with).get("change").asBoolean()).isTrue();
    assertThat(with).contains("would gain if training had never met the image");
    assertThat(numbers(without).at("/targets/0/columns/0/pos/0")).hasSize(3);
    JsonNode first = numbers(with).at("/targets/0/columns/0/pos/0");
    // Two checkpoints: 12.706 standard errors, each half of their difference.
    assertThat(first).hasSize(4);
    int step = STEPS.length - 1;
    int image = first.get(0).asInt();
    double apart = Math.abs(fake.members[0][step][0][image] - fake.members[1][step][0][image]);
    assertThat(first.get(3).asDouble())
        .isCloseTo(12.706 * apart / 2, withinPercentage(5)); // two digits are told
  }

  @Test
  void textFromFilesStaysText() throws IOException {
    String page = page(fake(data(30, 1, 4), STEPS, 2, 2), data(30, 1, 4));
    assertThat(page).doesNotContain("<img", "<i>Bag");
    JsonNode example = numbers(page).at("/examples/0");
    assertThat(example.get("id").asText()).isEqualTo(HOSTILE);
  }

  @Test
  void marksOfDirectionInNamesAreShown() throws IOException {
    MemoryDataset data = new MemoryDataset(1, 4, 4).classes("Bag\u202egab", "Coat\u2066");
    for (int i = 0; i < 30; i++) {
      float[] image = new float[16];
      Seed.of(2).child("image").child(i).stream().fillGaussian(image);
      data.add("train/" + i + "\u202e\u001b[1m", i % 2, image);
    }
    String page = page(fake(data, STEPS, 2, 2), data);
    assertThat(page).doesNotContain("\u202e", "\u2066", "\u001b");
    String id = numbers(page).at("/examples").elements().next().get("id").asText();
    assertThat(id).startsWith("train/").endsWith("\\u202e\\u001b[1m");
    assertThat(numbers(page).at("/classes/0").asText()).isEqualTo("Bag\\u202egab");
  }

  @Test
  void nothingIsLoadedFromElsewhere() throws IOException {
    String page = page(fake(data(30, 1, 4), STEPS, 2, 2), data(30, 1, 4));
    String data = numbers(page).toString();
    assertThat(data).doesNotContain("http:", "https:");
    String rest = page.replaceAll("(?s)<script type=.*?</script>", "");
    assertThat(rest.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:", "https:", "//www", "url(", "@import", "src=");
    assertThat(page).contains("default-src 'none'");
  }

  @Test
  void columnsRunFromNoiseAndHoldTheExtremesOfTheirStep() throws IOException {
    MemoryDataset data = data(30, 1, 4);
    FakeAttribution fake = fake(data, STEPS, 2, 1);
    ObjectNode page = numbers(page(fake, data));
    assertThat(page.get("steps").toString()).isEqualTo("[900,500,100]");
    for (int c = 0; c < 3; c++) {
      float[] scores = fake.members[0][2 - c][1];
      JsonNode column = page.at("/targets/1/columns/" + c);
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      for (int i = 0; i < PageData.SHOWN; i++) {
        // Shown with four digits.
        assertThat(column.at("/pos/" + i + "/2").floatValue())
            .isCloseTo(sorted[29 - i], within(1e-3f));
        assertThat(column.at("/neg/" + i + "/2").floatValue()).isCloseTo(sorted[i], within(1e-3f));
        int example = column.at("/pos/" + i + "/0").asInt();
        assertThat(scores[example]).isEqualTo(sorted[29 - i]);
        assertThat(page.at("/targets/1/places/" + example + "/" + c).asInt()).isEqualTo(i + 1);
        assertThat(page.at("/examples/" + example).has("image")).isTrue();
      }
    }
  }

  private Path manySteps(MemoryDataset data, int count, int targets) {
    int[] steps = IntStream.range(0, count).toArray();
    return fake(data, steps, targets, 2).write(folder.resolve("attribution"), data);
  }

  private List<String> write(Path attribution, MemoryDataset data, String steps) {
    ShownTimesteps shown = steps.isEmpty() ? ShownTimesteps.fitting() : ShownTimesteps.parse(steps);
    Path page = folder.resolve("page.html");
    return AttributionReport.write(attribution, null, List.of(), data, shown, page);
  }

  private String written() throws IOException {
    return Files.readString(folder.resolve("page.html"));
  }

  @Test
  void manyStepsAreThinnedEvenlyAndPageAndMakerAreTold() throws IOException {
    MemoryDataset data = data(30, 1, 4);
    List<String> notes = write(manySteps(data, 400, 1), data, "");
    JsonNode steps = numbers(written()).get("steps");
    assertThat(steps).hasSize(ShownTimesteps.MOST);
    assertThat(steps.get(0).asInt()).isEqualTo(399);
    assertThat(steps.get(ShownTimesteps.MOST - 1).asInt()).isZero();
    for (int i = 1; i < ShownTimesteps.MOST; i++) {
      assertThat(steps.get(i - 1).asInt() - steps.get(i).asInt()).isBetween(4, 5);
    }
    assertThat(numbers(written()).at("/targets/0/columns")).hasSize(ShownTimesteps.MOST);
    assertThat(numbers(written()).at("/targets/0/overlap")).hasSize(ShownTimesteps.MOST);
    String said = "The figures show 100 of the 400 attributed steps, evenly spaced";
    assertThat(written()).contains(said, "was computed from all");
    assertThat(notes).hasSize(1);
    assertThat(notes.get(0)).startsWith(said).contains("journey report --timesteps");
  }

  @Test
  void aThousandStepsOfFortyPicturesFitIntoTenMegabytes() throws IOException {
    MemoryDataset data = data(200, 1, 16);
    List<String> notes = write(manySteps(data, 1000, 40), data, "");
    // The page's style, script and settings come on top of numbers and pictures.
    assertThat((long) written().length()).isBetween(6_000_000L, 10_100_000L);
    JsonNode steps = numbers(written()).get("steps");
    assertThat(steps.size()).isBetween(20, 99);
    assertThat(steps.get(0).asInt()).isEqualTo(999);
    assertThat(steps.get(steps.size() - 1).asInt()).isZero();
    assertThat(notes).hasSize(1);
    assertThat(notes.get(0))
        .startsWith("The figures show " + steps.size() + " of the 1000 attributed steps");
  }

  @Test
  void stepsThatAreAskedForAreShownAsTheyAre() throws IOException {
    MemoryDataset data = data(30, 1, 4);
    Path attribution = manySteps(data, 150, 1);
    assertThat(write(attribution, data, "all")).isEmpty();
    JsonNode whole = numbers(written());
    assertThat(whole.get("steps")).hasSize(150);
    assertThat(written()).doesNotContain("The figures show");
    String findings = findings(written());
    assertThat(write(attribution, data, "7,100").get(0))
        .startsWith("The figures show 2 of the 150 attributed steps, those that were asked for");
    JsonNode two = numbers(written());
    assertThat(two.get("steps").toString()).isEqualTo("[100,7]");
    // The column of a step is the same whichever others are shown, and so are the findings.
    assertThat(two.at("/targets/0/columns/0")).isEqualTo(whole.at("/targets/0/columns/49"));
    assertThat(two.at("/targets/0/columns/1")).isEqualTo(whole.at("/targets/0/columns/142"));
    assertThat(two.at("/targets/0/spearman/0/1")).isEqualTo(whole.at("/targets/0/spearman/49/142"));
    assertThat(findings(written())).isEqualTo(findings);
    assertThatThrownBy(() -> write(attribution, data, "7,151"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("step 151 was not attributed, only 150 steps from 0 to 149: name steps it has");
    assertThatThrownBy(() -> write(attribution, data, "some"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps some are unreadable");
  }

  private static String findings(String page) {
    return page.substring(page.indexOf("What stands out"), page.indexOf("chooser-title"));
  }

  @Test
  void spacedNumbersIncludeBothEnds() {
    assertThat(ShownTimesteps.spaced(1, 1)).containsExactly(0);
    assertThat(ShownTimesteps.spaced(9, 9)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(ShownTimesteps.spaced(1000, 4)).containsExactly(0, 333, 666, 999);
    assertThat(ShownTimesteps.spaced(1000, 2)).containsExactly(0, 999);
  }

  @Test
  void checkpointsAreComparedPairByPair() throws IOException {
    MemoryDataset data = data(40, 1, 4);
    FakeAttribution fake = fake(data, STEPS, 2, 2);
    fake.members[1][0][1] = fake.members[0][0][1].clone();
    String page = page(fake, data);
    JsonNode same = numbers(page).at("/targets/1/columns/2/agree");
    assertThat(same.toString()).isEqualTo("[10.0,1.0]");
    JsonNode other = numbers(page).at("/targets/1/columns/0/agree");
    assertThat(other.get(0).asDouble()).isLessThan(8);
    assertThat(page).contains("The two checkpoints, each asked alone, share ");
  }

  @Test
  void withoutScoresOfCheckpointsThePageSaysSo() throws IOException {
    MemoryDataset data = data(30, 1, 4);
    FakeAttribution fake = fake(data, STEPS, 2, 2);
    fake.keepMembers = false;
    String page = page(fake, data);
    assertThat(page).contains("so how far they agree is not known");
    assertThat(numbers(page).at("/targets/0/columns/0").has("agree")).isFalse();
  }

  @Test
  void scoresThatAreNotFiniteAreAnErrorThatNamesThem() {
    MemoryDataset data = data(30, 1, 4);
    FakeAttribution fake = fake(data, STEPS, 2, 1);
    fake.members[0][1][0][7] = Float.NaN;
    assertThatThrownBy(() -> page(fake, data))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("score of example 7 for target 0 at step 500 is NaN");
  }

  @Test
  void picturesThatDoNotFitTheScoresAreAnError() throws IOException {
    MemoryDataset data = data(30, 1, 4);
    FakeAttribution fake = fake(data, STEPS, 2, 1);
    FakeAttribution fewer = new FakeAttribution(STEPS, new float[1][16], fake.members);
    assertThatThrownBy(() -> page(fewer, data))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has image of shape [1, 1, 4, 4], expected [2, 1, 4, 4]");
    Path directory = fake.write(folder.resolve("whole"), data);
    Files.write(directory.resolve(Attribution.TARGETS), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> AttributionReport.write(directory, data, folder.resolve("p.html")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("targets.safetensors is damaged");
  }

  /** Two halves that agree by r are worth 2r/(1 + r) together. */
  @Test
  void askedAgainThePageTellsWhatTheProjectionDoes() throws IOException {
    MemoryDataset data = data(30, 1, 4);
    FakeAttribution fake = fake(data, STEPS, 2, 2);
    Path page = folder.resolve("page.html");
    Path again = fake.withFeatures("0c0d").write(folder.resolve("again"), data);

    AttributionReport.write(fake.write(folder.resolve("plain"), data), again, data, page);
    assertThat(Files.readString(page)).doesNotContain("another projection alone");

    Path exact = fake.withHalves(0).write(folder.resolve("exact"), data);
    AttributionReport.write(exact, again, data, page);
    assertThat(Files.readString(page))
        .contains("another projection alone</th>" + "<td>1.00</td>".repeat(STEPS.length));

    Path noisy = fake.withHalves(0.15f).write(folder.resolve("noisy"), data);
    AttributionReport.write(noisy, again, data, page);
    List<Attribution> halves = Attribution.open(noisy).halves().orElseThrow();
    double r = AttributionAgreement.of(halves.get(0), halves.get(1)).get(0).spearman();
    assertThat(r).isBetween(0.05, 0.95);
    assertThat(Files.readString(page))
        .contains(String.format(Locale.ROOT, "<td>%.2f</td></tr></tbody>", 2 * r / (1 + r)));

    ShownTimesteps first = ShownTimesteps.parse(Integer.toString(STEPS[0]));
    AttributionReport.write(noisy, again, List.of(), data, first, page);
    assertThat(Files.readString(page))
        .contains(
            String.format(
                Locale.ROOT,
                "another projection alone</th><td>%.2f</td></tr></tbody>",
                2 * r / (1 + r)));
  }

  @Test
  void askedAgainThePageTellsWhatRemains() throws IOException {
    MemoryDataset data = data(30, 1, 4);
    FakeAttribution fake = fake(data, STEPS, 2, 2);
    Path first = fake.write(folder.resolve("first"), data);
    Path page = folder.resolve("page.html");
    AttributionReport.write(first, data, page);
    assertThat(Files.readString(page)).contains("not asked again");

    Path same = fake.withFeatures("0c0d").write(folder.resolve("same"), data);
    AttributionReport.write(first, same, data, page);
    assertThat(Files.readString(page))
        .contains("10.0 of the 10 strongest images are the same", "<td>1.00</td>")
        .doesNotContain("not asked again");

    FakeAttribution other = fake(data(30, 1, 4), STEPS, 2, 2);
    for (float[][][] member : other.members) {
      for (float[][] step : member) {
        for (float[] scores : step) {
          for (int i = 0; i < scores.length; i++) {
            scores[i] = -scores[i];
          }
        }
      }
    }
    Path opposite = other.withFeatures("0c0d").write(folder.resolve("opposite"), data);
    AttributionReport.write(first, opposite, data, page);
    assertThat(Files.readString(page)).contains("<td>-1.00</td>");

    assertThatThrownBy(() -> AttributionReport.write(first, first, data, page))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("another --seed");
  }

  @Test
  void equalAttributionsGiveEqualBytes() throws IOException {
    MemoryDataset data = data(30, 3, 4);
    Path directory = fake(data, STEPS, 2, 2).write(folder.resolve("attribution"), data);
    AttributionReport.write(directory, data, folder.resolve("a.html"));
    AttributionReport.write(directory, data, folder.resolve("b.html"));
    assertThat(folder.resolve("b.html")).hasSameBinaryContentAs(folder.resolve("a.html"));
  }

  @Test
  void theUsualSizeStaysWellBelowThreeMegabytes() throws IOException {
    int[] steps = {100, 200, 300, 400, 500, 600, 700, 800, 900};
    MemoryDataset data = data(2000, 1, 16);
    String page = page(fake(data, steps, 12, 2), data);
    // Noise is the worst case for PNG: no training image is smaller than here.
    assertThat(page.length()).isLessThan(2_000_000);
    assertThat(numbers(page).get("examples").size()).isGreaterThan(1000);
  }
}
