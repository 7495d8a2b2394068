package io.journey.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.OutputFunction;
import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/**
 * Gradients of random outputs beside the Gauss–Newton matrix itself, (2/d)·JᵀJ with the derivatives
 * of all d numbers one by one.
 */
class GaussNewtonTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.ddpm();
  private static final int DRAWS = 2;
  private static final int PROBES = 600;

  private final LayeredDenoiser model =
      new UNet2DConfig(4, 1, List.of(4, 4), List.of(false, true), 1, 2, 1e-5, 2, true, 0, 1)
          .random(Seed.of(5), ScalarType.Float);
  private final DenoisingDraws image =
      DenoisingDraws.uniform(
          gaussian(Seed.of(1), model.shape().numel()), Condition.NONE, SCHEDULE, Seed.of(2), DRAWS);

  private static float[] gaussian(Seed seed, int count) {
    float[] numbers = new float[count];
    seed.stream().fillGaussian(numbers);
    return numbers;
  }

  private float[][] gradients(GradientMethod method, List<DenoisingDraws> probed) {
    return WholeGradients.of(
        method.create(model, SCHEDULE, OutputFunction.PROBE),
        model.parameters().count(),
        probed,
        null);
  }

  /** The image with the probe that asks for one number of one draw. */
  private DenoisingDraws only(int number) {
    float[] one = new float[image.noise().length];
    one[number] = 1;
    return new DenoisingDraws(
        image.image(), image.conditions(), image.timesteps(), image.noise(), null, one);
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Test
  void theSecondMomentOfRandomOutputsIsTheGaussNewtonMatrixAsItsDirectionsShow() {
    int d = image.image().length;
    List<DenoisingDraws> units = new ArrayList<>();
    for (int number = 0; number < DRAWS * d; number++) {
      units.add(only(number));
    }
    List<DenoisingDraws> random = new ArrayList<>();
    for (int p = 0; p < PROBES; p++) {
      random.add(image.withProbe(Seed.of(9).child(p)));
    }
    float[][] derivatives = gradients(GradientMethod.LAYERWISE, units);
    float[][] found = gradients(GradientMethod.LAYERWISE, random);
    for (int direction = 0; direction < 4; direction++) {
      float[] v = gaussian(Seed.of(3).child(direction), model.parameters().count());
      double curvature = 0;
      for (float[] derivative : derivatives) { // of the mean over draws and numbers: J/(R·d)
        curvature += 2.0 / d * DRAWS * Math.pow(d * product(derivative, v), 2);
      }
      double moment = 0;
      for (float[] gradient : found) {
        moment += 2.0 * d * DRAWS * Math.pow(product(gradient, v), 2) / PROBES;
      }
      // The mean of squares of Gaussian numbers has a relative deviation of √(2/600).
      assertThat(moment / curvature).isCloseTo(1, within(0.25));
    }
  }

  @Test
  void bothWaysGiveTheSameGradientsAndSomeDrawsKeepTheirProbes() {
    DenoisingDraws probed = image.withProbe(Seed.of(9));
    float[] whole = gradients(GradientMethod.LAYERWISE, List.of(probed))[0];
    float[] one = gradients(GradientMethod.ONE_IMAGE, List.of(probed))[0];
    float[][] apart = gradients(GradientMethod.LAYERWISE, List.of(probed.some(0), probed.some(1)));
    for (int i = 0; i < whole.length; i++) {
      assertThat(one[i]).isCloseTo(whole[i], within(1e-6f));
      assertThat((apart[0][i] + apart[1][i]) / 2).isCloseTo(whole[i], within(1e-6f));
    }
    assertThat(Arrays.equals(apart[0], apart[1])).isFalse();
  }
}
