package io.journey.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.evaluation.Stability.Compared;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.results.Attribution;
import io.journey.results.AttributionAgreement;
import io.journey.results.AttributionAgreement.AtStep;
import io.journey.results.EvaluationResult;
import io.journey.results.Timesteps;
import io.journey.run.JourneyException;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two answers to one question, on real garments of 8×8. */
class StabilityTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(8, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);

  @TempDir static Path shared;

  private static Ensemble ensemble;
  private static Dataset data;
  private static List<Trajectory> targets;
  private static List<Stability.Line> lines;

  @BeforeAll
  static void askTwice() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
    TrainingConfig training = TrainingConfig.of(60, 8, 2e-3);
    ensemble =
        new EnsembleTrainer(data, MODEL, training, 1, 3, Duration.ofHours(1))
            .run(shared.resolve("checkpoints"), TestContext.of(2));
    try (Checkpoint checkpoint = ensemble.first()) {
      targets = Sampler.of(checkpoint, 10).sample(5, 4, TestContext.of(2));
    }
    lines = stability(List.of(1, 64)).run(shared.resolve("stability"), TestContext.TWO);
  }

  private static Stability stability(List<Integer> draws) {
    return new Stability(
        ensemble,
        data,
        targets,
        Timesteps.of(100, 300),
        FeaturizerConfig.defaults(),
        draws,
        0.1,
        16);
  }

  private static double spearman(int draws, Compared compared) {
    return lines.stream()
        .filter(l -> l.draws() == draws && l.compared() == compared)
        .mapToDouble(l -> l.agreement().spearman())
        .average()
        .orElseThrow();
  }

  /** Sixty-four draws have an eighth of the noise of one. */
  @Test
  void moreDrawsGiveMoreSimilarAnswers() {
    assertThat(lines).hasSize(2 * 2 * 2);
    assertThat(spearman(64, Compared.FEATURES)).isGreaterThan(spearman(1, Compared.FEATURES) + 0.1);
    assertThat(spearman(64, Compared.TARGETS)).isLessThan(1);
  }

  @Test
  void theTableHoldsWhatWasFoundAndAskingAgainChangesNothing() throws IOException {
    Path table = shared.resolve("stability").resolve(Stability.TABLE);
    List<String> text = Files.readAllLines(table);
    assertThat(text).hasSize(1 + lines.size());
    assertThat(text.get(0)).isEqualTo("draws,compared,timestep,spearman,top10,top100");
    String[] first = text.get(1).split(",");
    assertThat(first[1]).isEqualTo("features");
    assertThat(Double.parseDouble(first[3]))
        .isCloseTo(lines.get(0).agreement().spearman(), within(5e-5));
    assertThat(stability(List.of(1, 64)).run(shared.resolve("stability"), TestContext.TWO))
        .isEqualTo(lines);
    assertThat(Files.readAllLines(table)).isEqualTo(text);
    EvaluationResult result = EvaluationResult.open(shared.resolve("stability")).result();
    assertThat(result.figures()).containsOnlyKeys("stability");
    assertThat(result.sentences().get(1))
        .contains("64 draws")
        .contains(String.format(Locale.ROOT, "%.2f", spearman(64, Compared.FEATURES)));
  }

  @Test
  void anAttributionAgreesWithItselfAndIsNotComparedWithAnother() {
    Path folder = shared.resolve("stability/draws-1");
    Attribution one = Attribution.open(folder.resolve("attribution-0-0"));
    for (AtStep step : AttributionAgreement.of(one, one)) {
      assertThat(step.spearman()).isCloseTo(1, within(1e-12));
      assertThat(step.top10()).isEqualTo(10);
      assertThat(step.top100()).isEqualTo(40); // there are no more images
    }
    Stability otherSteps =
        new Stability(
            ensemble,
            data,
            targets,
            Timesteps.of(100),
            FeaturizerConfig.defaults(),
            List.of(1),
            0.1,
            1);
    otherSteps.run(shared.resolve("other"), TestContext.TWO);
    Attribution other = Attribution.open(shared.resolve("other/draws-1/attribution-0-0"));
    assertThatThrownBy(() -> AttributionAgreement.of(one, other))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("different steps");
  }

  @Test
  void drawsMustBePositive() {
    assertThatThrownBy(() -> stability(List.of(5, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }
}
