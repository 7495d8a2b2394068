package io.journey.unrolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.run.GoldenFiles;
import io.journey.tensor.Libtorch;
import io.journey.training.TrainingConfig;
import io.journey.training.TrainingReplay;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/**
 * Steps of Adam taken back, against AdamW-influence of dattri-llm (tools/golden/make_unrolling.py),
 * which trained three linear layers, recorded what its steps consumed and scored its examples.
 *
 * <p>What dattri-llm does otherwise is done its way here. Leaving an example out takes its share
 * ∇ℓ_z/B from the mean gradient, where {@link BackwardSweep} averages the rest: rows are not
 * centred. Ψ is √B times these shares (the empirical Fisher matrix), not random outputs. The model
 * asked about has the last weights, not their average. Its score is what the question's loss falls
 * without the example, to first order: +A·∇ℓ_z/B, A the derivative of the question by the mean
 * gradient, and Journey's has the other sign. Weights do not decay.
 */
class AdamwParityTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/unrolling");

  /** Of the largest score: both sides compute in float32. */
  private static final double TOLERANCE = 1e-6;

  private static final Safetensors FILE = Safetensors.open(GOLDEN.resolve("golden.safetensors"));
  private static final int STEPS = size("gradients", 0);
  private static final int BATCH = size("gradients", 1);
  private static final int WEIGHTS = size("gradients", 2);
  private static final int QUESTIONS = size("questions", 0);

  private static final TrainingConfig TRAINING =
      TrainingConfig.of(STEPS, BATCH, 0.02)
          .withAdamBeta1(0.8)
          .withAdamBeta2(0.95)
          .withAdamEpsilon(1e-3);

  private static int size(String name, int dimension) {
    return FILE.shape(name).get(dimension).intValue();
  }

  @Test
  void goldenFileIsTheOneThatWasMade() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "")).containsExactly("golden.safetensors");
  }

  @Test
  void stepsAreTrainedAtTheSameRates() {
    double[] rates = FILE.doubles("rates");
    for (int step = 0; step < STEPS; step++) {
      assertThat(rates[step]).isCloseTo(TRAINING.learningRateAt(step, 0), within(1e-15));
    }
  }

  @Test
  void scoresAreThoseOfDattri() {
    float[] expected = FILE.floats("scores");
    double largest = 0;
    for (float score : expected) {
      largest = Math.max(largest, Math.abs(score));
    }
    float[] found = scores();
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .as("step %d, row %d", i / (BATCH * QUESTIONS), i / QUESTIONS % BATCH)
          .isCloseTo(expected[i], within(TOLERANCE * largest));
    }
  }

  /** A·∇ℓ_z/B, [S, B, Q]. */
  private static float[] scores() {
    float[] scores = new float[STEPS * BATCH * QUESTIONS];
    Tensor questions = GradientRows.zeros(QUESTIONS, WEIGHTS);
    Libtorch.write(questions, FILE.floats("questions"));
    try (Adjoint adjoint = new Adjoint(questions)) {
      for (int step = STEPS - 1; step >= 0; step--) {
        try (PointerScope scope = new PointerScope();
            NoGradGuard guard = new NoGradGuard()) {
          Tensor shares =
              Libtorch.of(part("gradients", step, BATCH), ScalarType.Float, BATCH, WEIGHTS);
          TrainingReplay.Before before =
              new TrainingReplay.Before(
                  step, new float[0], part("mean", step, 1), part("square", step, 1));
          try (AdamStep adam = AdamStep.of(TRAINING, before, shares.sum(0))) {
            Tensor byGradient = adjoint.back(adam);
            float[] products = Libtorch.floats(shares.mm(byGradient.t()));
            System.arraycopy(products, 0, scores, step * products.length, products.length);
            Tensor psi = shares.mul(new Scalar(Math.sqrt(BATCH)));
            adjoint.add(byGradient.mm(psi.t()), psi);
          }
        }
      }
    }
    return scores;
  }

  private static float[] part(String name, int step, int rows) {
    return FILE.part(name, (long) step * rows * WEIGHTS, rows * WEIGHTS);
  }
}
