package io.journey.cli;

import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenes show what their captions say. */
class ScenesTest {
  private static final Path SPRITES = Path.of("../data/scenes");

  @TempDir Path folder;

  @BeforeEach
  void beInAClone() {
    System.setProperty("journey.home", "..");
  }

  @AfterEach
  void beNowhere() {
    System.clearProperty("journey.home");
  }

  private final Scenes scenes = new Scenes(SPRITES);

  @Test
  void scenesAreDifferentAndShowNoPairThatIsHeldOut() {
    List<Scenes.Scene> chosen = scenes.choose(1, 2000);
    assertThat(new HashSet<>(chosen)).hasSize(2000);
    Set<Set<String>> shown = new HashSet<>();
    chosen.forEach(scene -> shown.add(Set.of(scene.left(), scene.right())));
    List<Scenes.Scene> heldOut = scenes.heldOut(1);
    assertThat(heldOut)
        .hasSize(64)
        .noneMatch(scene -> shown.contains(Set.of(scene.left(), scene.right())));
    assertThat(scenes.choose(1, 10)).isEqualTo(chosen.subList(0, 10));
    assertThat(scenes.choose(2, 10)).isNotEqualTo(chosen.subList(0, 10));
    assertThat(chosen.stream().filter(s -> s.style() == Scenes.Style.FLAT).count())
        .isBetween(900L, 1100L);
    assertThat(scenes.words()).hasSize(80);
  }

  @Test
  void aCaptionNamesWhatIsWhere() {
    assertThat(new Scenes.Scene("elephant", "candle", Scenes.Style.GLOSSY).caption())
        .isEqualTo("an elephant and a candle, glossy");
  }

  /** The left half depends on the left thing alone, and is its sprite over white. */
  @Test
  void halvesAreTheThings() throws IOException {
    BufferedImage sheet = ImageIO.read(SPRITES.resolve("flat.png").toFile());
    BufferedImage one = scenes.draw(new Scenes.Scene("ambulance", "whale", Scenes.Style.FLAT));
    BufferedImage other = scenes.draw(new Scenes.Scene("key", "ambulance", Scenes.Style.FLAT));
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 32; x++) {
        int left = one.getRGB(x, y);
        assertThat(other.getRGB(32 + x, y)).isEqualTo(left);
        boolean outside = y < 16 || y >= 48;
        int sprite = outside ? 0 : sheet.getRGB(32 + x, y - 16); // the second of the sheet
        for (int shift : new int[] {0, 8, 16}) {
          double alpha = (sprite >>> 24) / 255.0;
          double expected = alpha * (sprite >> shift & 255) + (1 - alpha) * 255;
          assertThat((double) (left >> shift & 255)).isBetween(expected - 0.51, expected + 0.51);
        }
      }
    }
  }

  @Test
  void theFolderIsADataSetWithCaptions() throws IOException {
    String out = folder.resolve("s").toString();
    runs("scenes", "--out", out, "--count", "30", "--new", "dragon,teapot", "--new-count", "5");
    Dataset data = Datasets.open(out).captioned();
    assertThat(data.size()).isEqualTo(35);
    assertThat(data.captions(0)).containsExactly(scenes.choose(1, 30).get(0).caption());
    assertThat(data.captions(data.size() - 1).get(0)).containsPattern("dragon|teapot");
    assertThat(Files.readAllLines(folder.resolve("s/held-out.prompts"))).hasSize(64);
    String again = folder.resolve("t").toString();
    runs("scenes", "--out", again, "--count", "30", "--new", "dragon,teapot", "--new-count", "5");
    assertThat(Datasets.open(again).captioned().fingerprint()).isEqualTo(data.fingerprint());
    CommandRun.refuses("is not an empty directory", "scenes", "--out", out);
    CommandRun.refuses("a new thing is one of", "scenes", "--out", out + "x", "--new", "whale");
  }
}
