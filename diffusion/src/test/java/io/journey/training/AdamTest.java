package io.journey.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.List;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Adam beside its formulas, one number at a time in float64, for a vector of several parts. */
class AdamTest {
  /** Of more parameters than one part of the work has. */
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(64, 128), List.of(false, false), 1, 4, 1e-5, 4, true, 0, 1);

  private static final int STEPS = 5;

  @Test
  void everyWeightFollowsKingmaAndBa() {
    TrainingConfig config = TrainingConfig.of(STEPS, 1, 1e-2).withEma(0.9);
    RandomStream stream = Seed.of(7).stream();
    try (LayeredDenoiser model = MODEL.random(Seed.of(1), ScalarType.Float);
        Adam adam = new Adam(config, model.parameters())) {
      int p = model.parameters().count();
      assertThat(p).isGreaterThan(1 << 20);
      assertThat(p % (1 << 15)).isPositive();
      double[] theta = doubles(model.parameters().get());
      double[] average = theta.clone();
      double[] mean = new double[p];
      double[] square = new double[p];
      for (int step = 0; step < STEPS; step++) {
        float[] gradient = new float[p];
        stream.fillGaussian(gradient);
        try (PointerScope scope = new PointerScope()) {
          adam.step(step, Libtorch.of(gradient, ScalarType.Float, p), AdamTest::oneByOne);
        }
        for (int i = 0; i < p; i++) {
          mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
          square[i] = 0.999 * square[i] + 0.001 * gradient[i] * gradient[i];
          double m = mean[i] / (1 - Math.pow(0.9, step + 1));
          double v = square[i] / (1 - Math.pow(0.999, step + 1));
          theta[i] -= config.learningRateAt(step, 0) * m / (Math.sqrt(v) + 1e-8);
          double decay = config.emaDecayAt(step);
          average[i] = decay * average[i] + (1 - decay) * theta[i];
        }
      }
      // Five steps of at most 0.01; float32 rounds weights below 2 to 1.2e-7.
      compare(model.parameters().get(), theta);
      compare(adam.result(), average);
    }
  }

  private static void oneByOne(int count, IntConsumer body) {
    for (int i = 0; i < count; i++) {
      body.accept(i);
    }
  }

  private static void compare(float[] actual, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (Math.abs(actual[i] - expected[i]) > 2e-6) {
        assertThat((double) actual[i]).as("weight %d", i).isCloseTo(expected[i], within(2e-6));
      }
    }
  }

  private static double[] doubles(float[] values) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i];
    }
    return out;
  }
}
