package io.journey.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.dataset.ImageShape;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneMakerTest {
  private static final Path SHIPPED = Path.of("../data/scenes");
  private static final Emoji EMOJI = Emoji.open(SHIPPED);
  private static final int ALL = 80 * 79 * 2;

  @TempDir Path folder;

  private static SceneMaker maker(String only, String without, String showing) {
    return new SceneMaker(EMOJI, 1, 100, set(only), set(without), set(showing));
  }

  private static Set<String> set(String names) {
    return names.isEmpty() ? Set.of() : Set.of(names.split(","));
  }

  /** Read by the ordinary reader; both halves beside the sheets, blended in float64. */
  @Test
  void picturesShowWhatTheirCaptionsSay() throws IOException {
    SceneMaker.of(EMOJI, 3, 10).write(folder, 60, Progress.SILENT);
    Dataset data = Datasets.open(folder + "?captions=all");
    assertThat(data.size()).isEqualTo(60);
    assertThat(data.shape()).isEqualTo(new ImageShape(3, 64, 64));
    Set<String> styles = new HashSet<>();
    for (int i = 0; i < data.size(); i++) {
      String caption = data.captions(i).get(0);
      String[] words = caption.split("[ ,]+");
      assertThat(words).as(caption).hasSize(6);
      assertThat(caption)
          .isEqualTo(
              "%s %s and %s %s, %s",
              article(words[1]), words[1], article(words[4]), words[4], words[5]);
      float[] pixels = new float[data.shape().numel()];
      data.read(i, pixels, 0);
      styles.add(words[5]);
      assertShows(pixels, 0, words[1], words[5]);
      assertShows(pixels, 32, words[4], words[5]);
      for (int k = 0; k < pixels.length; k++) {
        int row = k / 64 % 64;
        if (row < 16 || row >= 48) {
          assertThat(pixels[k]).isEqualTo(1);
        }
      }
    }
    assertThat(styles).containsExactlyInAnyOrder("flat", "glossy");
  }

  private static String article(String word) {
    return word.matches("[aeiou].*") ? "an" : "a";
  }

  private static void assertShows(float[] pixels, int from, String name, String style)
      throws IOException {
    List<String> names = new ArrayList<>();
    Json.read(SHIPPED.resolve("names.json"))
        .get("emoji")
        .forEach(row -> names.add(row.get("name").textValue()));
    int place = names.indexOf(name);
    assertThat(place).as(name).isNotNegative();
    BufferedImage sheet = ImageIO.read(SHIPPED.resolve(style + ".png").toFile());
    boolean coloured = false;
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        int argb = sheet.getRGB(32 * (place % 10) + x, 32 * (place / 10) + y);
        double alpha = (argb >>> 24) / 255.0;
        for (int c = 0; c < 3; c++) {
          double level = alpha * (argb >> 16 - 8 * c & 255) + (1 - alpha) * 255;
          double found = (pixels[(c * 64 + 16 + y) * 64 + from + x] + 1) * 127.5;
          assertThat(Math.abs(found - level)).isLessThan(0.501);
          coloured |= found < 128;
        }
      }
    }
    assertThat(coloured).as(name + " is not white").isTrue();
  }

  @Test
  void theSameSeedGivesTheSameBytesAndALargerSetBeginsWithASmallerOne() throws IOException {
    SceneMaker maker = SceneMaker.of(EMOJI, 1, 100);
    maker.write(folder.resolve("one"), 40, Progress.SILENT);
    maker.write(folder.resolve("two"), 40, Progress.SILENT);
    List<Path> files = files(folder.resolve("one"));
    assertThat(files).hasSize(42);
    for (Path file : files) {
      assertThat(folder.resolve("two").resolve(file.getFileName())).hasSameBinaryContentAs(file);
    }
    assertThat(maker.scenes(500).subList(0, 40)).isEqualTo(maker.scenes(40));
    assertThat(SceneMaker.of(EMOJI, 2, 100).scenes(40)).isNotEqualTo(maker.scenes(40));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void pairsThatAreHeldOutAreNeverShownTogether() throws IOException {
    SceneMaker.of(EMOJI, 1, 100).write(folder, 20, Progress.SILENT);
    List<Scene> heldOut = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(SceneMaker.HELD_OUT))) {
      var row = Json.parse(line.getBytes(StandardCharsets.UTF_8), "a line");
      Scene scene = Scene.of(row.get("text").textValue()).orElseThrow();
      assertThat(scene.left()).isEqualTo(row.get("left").textValue());
      assertThat(scene.right()).isEqualTo(row.get("right").textValue());
      assertThat(scene.style()).isEqualTo(row.get("style").textValue());
      heldOut.add(scene);
    }
    assertThat(heldOut).hasSize(400).doesNotHaveDuplicates();
    List<Scene> rest = SceneMaker.of(EMOJI, 1, 100).scenes(ALL - 400);
    assertThat(rest).doesNotHaveDuplicates().doesNotContainAnyElementsOf(heldOut);
    Set<Set<String>> shown = new HashSet<>();
    rest.forEach(scene -> shown.add(Set.of(scene.left(), scene.right())));
    assertThat(heldOut).noneMatch(s -> shown.contains(Set.of(s.left(), s.right())));
    assertThat(shown).hasSize(80 * 79 / 2 - 100);
  }

  @Test
  void emojiAreLeftOutOrAskedForWithoutChangingTheRest() {
    List<Scene> base = maker("", "owl,kite", "").scenes(2000);
    assertThat(base).noneMatch(s -> s.shows("owl") || s.shows("kite"));
    List<Scene> all = maker("", "", "").scenes(ALL - 400);
    assertThat(all.stream().filter(s -> !s.shows("owl") && !s.shows("kite")).limit(2000).toList())
        .isEqualTo(base);
    assertThat(maker("", "", "owl,kite").scenes(40))
        .allMatch(s -> s.shows("owl") || s.shows("kite"));
    assertThat(new SceneMaker(EMOJI, 1, 0, Set.of("owl", "kite"), Set.of(), Set.of()).scenes(4))
        .containsExactlyInAnyOrder(
            new Scene("owl", "kite", "flat"),
            new Scene("owl", "kite", "glossy"),
            new Scene("kite", "owl", "flat"),
            new Scene("kite", "owl", "glossy"));
  }

  @Test
  void whatCannotBeMadeIsRefused() throws IOException {
    assertThatThrownBy(() -> maker("owl,kite", "", "").scenes(5))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("from 1 to 4, as many as these emoji give, got 5");
    assertThatThrownBy(() -> maker("", "unicorn", ""))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("no emoji 'unicorn', but bee, butterfly");
    assertThatThrownBy(() -> SceneMaker.of(EMOJI, 1, 3161)).hasMessageContaining("from 0 to 3160");
    Files.createFile(folder.resolve("mine.txt"));
    assertThatThrownBy(() -> SceneMaker.of(EMOJI, 1, 0).write(folder, 1, Progress.SILENT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("is not an empty directory");
    assertThat(folder.resolve(SceneMaker.CAPTIONS)).doesNotExist();
    assertThat(Scene.of("a candle and a lizard")).isEmpty();
  }
}
