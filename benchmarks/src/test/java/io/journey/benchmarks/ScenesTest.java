package io.journey.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.embedding.Classifier;
import io.journey.embedding.ClassifierConfig;
import io.journey.embedding.ClassifierTrainer;
import io.journey.latent.LatentCodec;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.scenes.Emoji;
import io.journey.scenes.Scene;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenesTest {
  private static final Emoji EMOJI = Emoji.open(Path.of("../data/scenes"));
  private static final Scene ASKED = new Scene("owl", "kite", "flat");

  private static String shares(SceneTally.Seen seen) {
    SceneTally tally = new SceneTally();
    tally.add(ASKED, seen);
    var json = tally.json();
    return json.get("objects")
        + " "
        + json.get("places")
        + " "
        + json.get("style")
        + " "
        + json.get("whole");
  }

  @Test
  void objectsPlacesAndStylesAreCountedApart() {
    assertThat(shares(new SceneTally.Seen("owl", "flat", "kite", "flat")))
        .isEqualTo("1.0 1.0 1.0 1.0");
    assertThat(shares(new SceneTally.Seen("kite", "flat", "owl", "flat")))
        .isEqualTo("1.0 0.0 1.0 0.0");
    assertThat(shares(new SceneTally.Seen("owl", "glossy", "kite", "flat")))
        .isEqualTo("1.0 1.0 0.5 0.0");
    assertThat(shares(new SceneTally.Seen("owl", "flat", "owl", "flat")))
        .isEqualTo("0.5 0.5 1.0 0.0");
    assertThat(shares(new SceneTally.Seen("cat", "glossy", "dog", "glossy")))
        .isEqualTo("0.0 0.0 0.0 0.0");
  }

  /** A short training, so that some are mistaken; by chance one of eighty would be right. */
  @Test
  void aShortlyTrainedClassifierKnowsMostOfOtherChangedScenes(@TempDir Path folder) {
    try (RunContext context = RunContext.of(Libtorch.device(), 2, Progress.SILENT)) {
      Seed seed = Seed.of(5);
      var scenes = new AugmentedScenes(EMOJI, LatentCodec.IDENTITY, 0, seed).make(960, context);
      Map<String, Integer> counts = new HashMap<>();
      scenes.forEach(p -> counts.merge(p.scene().left() + p.scene().style(), 1, Integer::sum));
      assertThat(counts).hasSize(160).allSatisfy((name, count) -> assertThat(count).isEqualTo(6));
      var halves = new SceneHalves(EMOJI, scenes);
      ClassifierConfig config = ClassifierConfig.DEFAULT.withEpochs(8);
      try (Classifier classifier = new ClassifierTrainer(halves, config, 5).run(folder, context)) {
        SceneTally tally = new SceneTally();
        for (var other :
            new AugmentedScenes(EMOJI, LatentCodec.IDENTITY, 0, Seed.of(6)).make(160, context)) {
          tally.add(other.scene(), SceneTally.Seen.of(classifier, other.pixels()));
        }
        assertThat(tally.json().get("places").doubleValue()).isGreaterThan(0.85);
        assertThat(tally.json().get("style").doubleValue()).isGreaterThan(0.85);
      }
    }
  }

  @Test
  void halvesAreThoseOfThePicture() {
    float[] picture = new float[3 * 64 * 64];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = i;
    }
    float[] right = AugmentedScenes.half(picture, true);
    assertThat(right).hasSize(3 * 64 * 32);
    assertThat(List.of(right[0], right[31], right[32], right[64 * 32]))
        .containsExactly(32f, 63f, 96f, 4096f + 32f);
  }
}
