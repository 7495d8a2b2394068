package io.journey.evaluation.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.OutputFunction;
import io.journey.features.PlainGradients;
import io.journey.gradient.OneImageGradients;
import io.journey.model.Checkpoint;
import io.journey.model.LinearDenoiser;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.lds.FakeGroundTruth;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Lds;
import io.journey.results.lds.Prediction;
import io.journey.results.lds.RandomSubsets;
import io.journey.score.ArrayRows;
import io.journey.score.Damping;
import io.journey.score.GradientDot;
import io.journey.score.TrainingFeatures;
import io.journey.tensor.TestContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The linear datamodeling score of gradients, where its value is known. */
class LdsOfGradientsTest {
  @TempDir Path folder;

  /**
   * The whole sign chain on real gradients: a denoiser linear in its weights, trained by one step
   * of gradient descent on each subset. To first order −f_t is then a sum over the subset of
   * η·φ_iᵀg.
   */
  @Test
  void gradientDotsPredictModelsOfOneGradientStepExactlySignIncluded() {
    int n = 18;
    NoiseSchedule schedule = NoiseSchedule.ddpm();
    List<DenoisingDraws> examples = new ArrayList<>();
    RandomStream images = Seed.of(8).child("images").stream();
    for (int i = 0; i < n; i++) {
      float[] image = {(float) images.gaussian(i)};
      examples.add(DenoisingDraws.uniform(image, Condition.NONE, schedule, Seed.of(2).child(i), 6));
    }
    List<DenoisingDraws> targets = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      float[] x0 = {0.3f * t - 0.5f};
      targets.add(DenoisingDraws.atStep(x0, Condition.NONE, 250, Seed.of(5).child(t), 20));
    }
    float[] start = {0.4f, -0.2f, 0.1f, 0.3f, -0.1f};
    float[][] phi;
    float[][] g;
    try (LinearDenoiser model = new LinearDenoiser(start)) {
      var gradients = new OneImageGradients(model, schedule, OutputFunction.LOSS);
      phi = PlainGradients.of(gradients, model, examples);
      g = PlainGradients.of(gradients, model, targets);
    }
    RandomSubsets random = new RandomSubsets(n, 0.5, 3);
    List<BitSet> subsets = IntStream.range(0, 16).mapToObj(random::subset).toList();
    double[][] measurements = new double[subsets.size()][];
    for (int j = 0; j < measurements.length; j++) {
      float[] weights = start.clone();
      for (int p = 0; p < weights.length; p++) {
        double descent = 0;
        for (int i = 0; i < n; i++) {
          descent += subsets.get(j).get(i) ? phi[i][p] : 0;
        }
        weights[p] -= (float) (1e-3 * descent);
      }
      try (Checkpoint trained =
          new Checkpoint("trained", new LinearDenoiser(weights), schedule, "")) {
        float[] losses = trained.losses(targets);
        measurements[j] = IntStream.range(0, 4).mapToDouble(t -> losses[t]).toArray();
      }
    }
    GroundTruth truth =
        GroundTruth.open(
            FakeGroundTruth.write(
                folder.resolve("truth"),
                n,
                subsets,
                1,
                new int[] {250},
                4,
                (j, seed, half, s, t) -> measurements[j][t]));
    double[][][] sums = new double[1][4][];
    try (TrainingFeatures known =
        new TrainingFeatures(new ArrayRows(phi), null, TestContext.of(1))) {
      double[][] scores =
          new GradientDot().prepare(known, Damping.DEFAULT).scores(known.targets(g));
      for (int t = 0; t < 4; t++) {
        float[] rounded = new float[n];
        for (int i = 0; i < n; i++) {
          rounded[i] = (float) scores[t][i];
        }
        sums[0][t] = truth.predictions(rounded);
      }
    }
    assertThat(Lds.of(truth, List.of(Prediction.of("dot", sums))).overall(0).value())
        .isEqualTo(1, within(1e-12));
  }
}
