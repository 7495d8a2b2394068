package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.dataset.ImageShape;
import io.journey.dataset.MemoryDataset;
import io.journey.dataset.MissingCaptions;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.FakeAttribution;
import io.journey.run.JourneyException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a model that draws what a caption says. */
class CaptionedReportTest {
  private static final int[] STEPS = {100, 500, 900};
  static final String HOSTILE = "</script><img src=x onerror=window.hacked=1>\u202e\u001b[1m a dog";

  @TempDir Path folder;

  /** Noise; every third image has a dog in its second caption. */
  static MemoryDataset data(int n, int side) {
    MemoryDataset data = new MemoryDataset(3, side, side);
    for (int i = 0; i < n; i++) {
      float[] image = new float[3 * side * side];
      Seed.of(2).child("image").child(i).stream().fillGaussian(image);
      data.add("train/" + i, Condition.NONE, image);
      String second = i % 3 == 0 ? "one dog\n\tat  play" : "";
      data.captions(i == 0 ? HOSTILE : "a cat of number " + i, second);
    }
    return data;
  }

  /** Two targets: of a dog, and of nothing. Dogs are the strongest of the first at t = 500. */
  static FakeAttribution fake(MemoryDataset data, int... steps) {
    float[][] finals = new float[2][data.shape().numel()];
    data.read(1, finals[0], 0);
    data.read(2, finals[1], 0);
    float[][][][] scores = FakeAttribution.noise(2, steps.length, 2, data.size(), 6);
    for (float[][][] member : scores) {
      for (int i = 0; i < Math.min(30, data.size()); i += 3) {
        member[1][0][i] = 20 + i;
      }
    }
    FakeAttribution fake = new FakeAttribution(steps, finals, scores);
    fake.conditions =
        List.of(new Condition.Prompt("A dog in \u2067space"), new Condition.Prompt(""));
    fake.inputs.put("text_encoder", "34".repeat(32));
    return fake;
  }

  private String page(FakeAttribution fake, Dataset data) throws IOException {
    Path page = folder.resolve("page.html");
    AttributionReport.write(fake.write(folder.resolve("attribution"), data), data, page);
    return Files.readString(page);
  }

  @Test
  void promptsAndAllCaptionsAreThereAsTextThatIsSeen() throws IOException {
    MemoryDataset data = data(60, 4);
    FakeAttribution fake = fake(data, STEPS);
    fake.inputs.put("guidance", "classifier-free:7.5:blurry: <i>low\u202e</i>");
    String page = page(fake, data);
    assertThat(page).doesNotContain("<img", "\u202e", "\u2067", "\u001b", "<i>low");
    ObjectNode numbers = AttributionReportTest.numbers(page);
    assertThat(numbers.at("/targets/0/prompt").asText()).isEqualTo("A dog in \\u2067space");
    assertThat(numbers.at("/targets/1/prompt").asText()).isEmpty();
    assertThat(numbers.at("/guidance").asText()).isEqualTo("7.5");
    assertThat(numbers.at("/negative").asText()).isEqualTo("blurry: <i>low\\u202e</i>");
    JsonNode captions = numbers.at("/examples/0/captions");
    assertThat(captions).hasSize(2);
    assertThat(captions.get(0).asText())
        .isEqualTo("</script><img src=x onerror=window.hacked=1>\\u202e\\u001b[1m a dog");
    assertThat(captions.get(1).asText()).isEqualTo("one dog at play");
    assertThat(page).contains("the beginning of its first caption").doesNotContain("its class");
  }

  @Test
  void whatNoEncoderReadsIsCut() {
    String line = Html.line("ab🐕".repeat(1000));
    assertThat(line.codePointCount(0, line.length())).isLessThan(Html.LONGEST + 30);
    assertThat(line).endsWith("… (3000 characters)");
    assertThat(Html.line("word ".repeat(77)).length()).isEqualTo(77 * 5 - 1);
  }

  @Test
  void guidanceWithoutANegativePromptIsANumberAndNoneIsNothing() throws IOException {
    MemoryDataset data = data(30, 4);
    assertThat(AttributionReportTest.numbers(page(fake(data, STEPS), data)).has("guidance"))
        .isFalse();
    FakeAttribution fake = fake(data, STEPS);
    fake.inputs.put("guidance", "classifier-free:3.0");
    Path page = folder.resolve("page2.html");
    AttributionReport.write(fake.write(folder.resolve("guided"), data), data, page);
    ObjectNode numbers = AttributionReportTest.numbers(Files.readString(page));
    assertThat(numbers.get("guidance").asText()).isEqualTo("3.0");
    assertThat(numbers.get("negative").asText()).isEmpty();
  }

  @Test
  void wordsAreCountedAmongTheTenStrongestBesideChance() throws IOException {
    MemoryDataset data = data(60, 4);
    String page = page(fake(data, STEPS), data);
    JsonNode words = AttributionReportTest.numbers(page).at("/targets/0/words");
    // The steps are 900, 500, 100; a third of the images and no others have a dog; none has space,
    // and the mark of direction is part of no word.
    assertThat(words.get("rows")).hasSize(1);
    assertThat(words.at("/rows/0/word").asText()).isEqualTo("dog");
    assertThat(words.at("/rows/0/at/1").asInt()).isEqualTo(10);
    assertThat(words.at("/rows/0/chance").asDouble()).isCloseTo(10 * 20 / 60.0, within(0.006));
    assertThat(words.get("absent").toString()).isEqualTo("[\"space\"]");
    assertThat(words.at("/shares/1").asDouble()).isEqualTo(0.5);
    assertThat(words.get("chance").asDouble()).isEqualTo(0.17);
    assertThat(words.get("best").asDouble()).isEqualTo(0.5);
    assertThat(AttributionReportTest.numbers(page).at("/targets/1").has("words")).isFalse();
    assertThat(page).contains("have the word <bdi>“dog”</bdi> of its prompt");
  }

  private static Path imagesWithCaptions(Path folder, int n) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < n; i++) {
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_3BYTE_BGR);
      image.setRGB(i % 8, i / 8, 0xFF8040);
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
      Files.writeString(folder.resolve(i + ".txt"), "a dot at place " + i);
    }
    return folder;
  }

  private FakeAttribution plain(Dataset data) {
    float[][] finals = new float[1][data.shape().numel()];
    return new FakeAttribution(STEPS, finals, FakeAttribution.noise(1, 3, 1, data.size(), 4));
  }

  /** A model of latents without text: its page is made from pictures, without captions. */
  @Test
  void whereImagesWereEncodedThePicturesAreCompared() throws IOException {
    Dataset data = Datasets.open(imagesWithCaptions(folder.resolve("images"), 20).toString());
    FakeAttribution fake = plain(data);
    fake.inputs.put("data", "5e".repeat(32)).put("pictures", data.fingerprint());
    assertThat(page(fake, data)).doesNotContain("works on latents", "a dot at place");

    fake.inputs.put("codec", "56".repeat(32));
    Path page = folder.resolve("latents.html");
    AttributionReport.write(fake.write(folder.resolve("latents"), data), data, page);
    assertThat(Files.readString(page)).contains("works on latents");

    fake.inputs.put("data", data.fingerprint()).put("pictures", "5e".repeat(32));
    Path other = fake.write(folder.resolve("other"), data);
    assertThatThrownBy(() -> AttributionReport.write(other, data, page))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("was made from data with the fingerprint 5e5e5e5e5e5e…")
        .hasMessageEndingWith(": name the data it was made from.");
  }

  @Test
  void captionsAreAskedForWhereTheModelTakesText() throws IOException {
    Path images = imagesWithCaptions(folder.resolve("images"), 20);
    Dataset data = Datasets.open(images.toString());
    Dataset captioned = data.captioned();
    assertThat(data.fingerprint()).isNotEqualTo(captioned.fingerprint());
    FakeAttribution fake = plain(captioned);
    fake.conditions = List.of(new Condition.Prompt("dot"));
    fake.inputs.put("text_encoder", "34".repeat(32)).put("pictures", captioned.fingerprint());
    Path attribution = fake.write(folder.resolve("attribution"), captioned);
    Path page = folder.resolve("page.html");
    AttributionReport.write(attribution, data, page);
    assertThat(AttributionReportTest.numbers(Files.readString(page)).at("/captioned").asBoolean())
        .isTrue();
    assertThat(Files.readString(page)).contains("a dot at place 7");
    assertThat(
            Findings.of(
                Attribution.open(attribution),
                data,
                TargetImages.of(Attribution.open(attribution))))
        .isEmpty();

    Files.writeString(images.resolve("7.txt"), "another caption");
    Dataset changed = Datasets.open(images.toString());
    assertThat(changed.fingerprint()).isEqualTo(data.fingerprint());
    assertThatThrownBy(() -> AttributionReport.write(attribution, changed, page))
        .isInstanceOf(JourneyException.class)
        .hasMessageEndingWith(": name the data it was made from, with the same captions.");

    for (int i = 0; i < 20; i++) {
      Files.delete(images.resolve(i + ".txt"));
    }
    Dataset bare = Datasets.open(images.toString());
    assertThatThrownBy(() -> AttributionReport.write(attribution, bare, page))
        .isInstanceOf(MissingCaptions.class);
  }

  @Test
  void picturesBecomeSmallerBeforeStepsAreLeftOut() {
    assertThat(ShownTimesteps.sides(16)).containsExactly(16);
    assertThat(ShownTimesteps.sides(64)).containsExactly(64);
    assertThat(ShownTimesteps.sides(100)).containsExactly(100, 96, 64);
    assertThat(ShownTimesteps.sides(512)).containsExactly(160, 128, 96, 64);
    List<String> tried = new ArrayList<>();
    ShownTimesteps.Content content =
        new ShownTimesteps.Content() {
          @Override
          public long bytesOfPictures(int[] shown, int side) {
            return 40L * shown.length * side * side;
          }

          @Override
          public String json(int[] shown, int side) {
            tried.add(shown.length + " of " + side);
            // Other numbers take as much again as the pictures.
            return "x".repeat(Math.toIntExact(2 * bytesOfPictures(shown, side)));
          }
        };
    ImageShape shape = new ImageShape(3, 512, 512);
    ShownTimesteps.Fitted fitted = ShownTimesteps.fitting().fit(attribution(12), shape, content);
    assertThat(fitted.shown()).hasSize(12);
    assertThat(tried)
        .containsExactly("12 of 128", "12 of 96"); // 160: over 10 MB by estimate alone.
    tried.clear();
    assertThat(ShownTimesteps.fitting().fit(attribution(80), shape, content).shown())
        .hasSizeBetween(28, 30); // 30 · 80 · 64² is 9.8 MB.
    assertThat(tried).allMatch(one -> one.endsWith("of 64"));
    tried.clear();
    assertThat(ShownTimesteps.parse("all").fit(attribution(80), shape, content).shown())
        .hasSize(80);
    assertThat(tried).containsExactly("80 of 64");
  }

  private static Attribution attribution(int steps) {
    return Attribution.inMemory(
        List.of(), IntStream.range(0, steps).toArray(), 1, (step, target) -> new float[0]);
  }

  /**
   * Twelve targets, nine steps, all training images shown different: noisy colour of 128 pixels.
   */
  @Test
  void aLargeColourPageStaysBelowTenMegabytesWithAllItsSteps() throws IOException {
    MemoryDataset data = new MemoryDataset(3, 128, 128);
    for (int i = 0; i < 1500; i++) {
      float[] image = new float[3 * 128 * 128];
      Seed.of(2).child("image").child(i).stream().fillGaussian(image);
      for (int p = 0; p < image.length; p++) {
        // A smooth picture with as much grain as a photograph that was made smaller.
        double shape = Math.sin(p % 128 * (i % 7 + 1) / 40.0) * Math.cos(p / 128 % 128 / 20.0);
        image[p] = (float) (0.7 * shape + 0.08 * image[p]);
      }
      data.add("train/" + i, Condition.NONE, image).captions("caption ".repeat(8) + i);
    }
    int[] steps = {100, 200, 300, 400, 500, 600, 700, 800, 900};
    float[][] finals = new float[12][data.shape().numel()];
    for (int t = 0; t < 12; t++) {
      data.read(t, finals[t], 0);
    }
    float[][][][] scores = FakeAttribution.noise(1, 9, 12, data.size(), 6);
    String page = page(new FakeAttribution(steps, finals, scores), data);
    assertThat((long) page.length()).isBetween(4_000_000L, 10_100_000L);
    assertThat(AttributionReportTest.numbers(page).get("steps")).hasSize(9);
    assertThat(AttributionReportTest.numbers(page).get("examples").size()).isGreaterThan(900);
  }
}
