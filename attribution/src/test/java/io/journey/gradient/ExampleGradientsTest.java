package io.journey.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.OutputFunction;
import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.run.Json;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The independent truth is one plain backward pass for each draw, by {@code backward()} into the
 * leaves' own gradients, in float64. Gradients come out as float32, so the tolerance is its
 * rounding relative to the largest number of the gradient.
 */
class ExampleGradientsTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.ddpm();
  private static final double ROUNDING = 2e-7;

  /** Every kind of layer: 3×3, stride 2 with both paddings, 1×1, linear of vectors and tokens. */
  private static UNet2DConfig config(int padding) {
    return new UNet2DConfig(
        6, 3, List.of(4, 6), List.of(false, true), 1, 2, 1e-5, 3, true, 0, padding);
  }

  /** Options of the U-Net that bring other layers, or use one twice; sizes are odd or oblong. */
  private static final String[] OPTIONS = {
    """
    "sample_size": [6, 10], "act_fn": "gelu", "resnet_time_scale_shift": "scale_shift",
    "downsample_type": "resnet", "upsample_type": "resnet", "center_input_sample": true,
    "down_block_types": ["AttnDownBlock2D", "ResnetDownsampleBlock2D"],
    "up_block_types": ["ResnetUpsampleBlock2D", "AttnUpBlock2D"]
    """,
    """
    "time_embedding_type": "learned", "num_train_timesteps": 1000, "class_embed_type": "timestep"
    """,
    """
    "num_class_embeds": 4, "mid_block_scale_factor": 1.5, "act_fn": "mish"
    """,
    """
    "time_embedding_type": "fourier", "class_embed_type": "timestep", "time_embedding_dim": 7
    """,
    """
    "class_embed_type": "identity", "mid_block_type": null, "act_fn": "relu", "sample_size": [10, 2]
    """,
  };

  private static UNet2DConfig config(String options) {
    ObjectNode json = config(1).toDiffusers();
    String text = "{" + options + "}";
    json.setAll(Json.parse(text.getBytes(StandardCharsets.UTF_8), "the test"));
    return UNet2DConfig.fromDiffusers(json, "the test");
  }

  private static LayeredDenoiser model(int padding, ScalarType type) {
    return model(config(padding), type);
  }

  private static LayeredDenoiser model(UNet2DConfig config, ScalarType type) {
    LayeredDenoiser model = config.random(Seed.of(5), type);
    // Norms start at 1 and 0, where a wrong gradient of a scale could hide.
    float[] weights = model.parameters().get();
    float[] noise = new float[weights.length];
    Seed.of(6).stream().fillGaussian(noise);
    for (int i = 0; i < weights.length; i++) {
      weights[i] += 0.1f * noise[i];
    }
    model.parameters().set(weights);
    return model;
  }

  private static List<DenoisingDraws> images(LayeredDenoiser model, int count, int draws) {
    List<DenoisingDraws> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      float[] image = new float[model.shape().numel()];
      Seed.of(7).child(n).stream().fillGaussian(image);
      images.add(
          DenoisingDraws.uniform(
              image, new Condition.ClassLabel(1 + n % 3), SCHEDULE, Seed.of(8).child(n), draws));
    }
    return images;
  }

  private static float[][] gradients(
      GradientMethod method, LayeredDenoiser model, List<DenoisingDraws> images, Tensor mask) {
    return WholeGradients.of(
        method.create(model, SCHEDULE), model.parameters().count(), images, mask);
  }

  /** One draw of an image, of weight 1. */
  private static DenoisingDraws draw(DenoisingDraws image, int r) {
    int numel = image.image().length;
    float[] noise = Arrays.copyOfRange(image.noise(), r * numel, (r + 1) * numel);
    int[] timestep = {image.timesteps()[r]};
    return new DenoisingDraws(image.image(), image.condition(0), timestep, noise);
  }

  /** ∇ of the mean over draws, as the mean of one backward pass for each draw. */
  private static double[] obvious(LayeredDenoiser model, DenoisingDraws image, Tensor mask) {
    double[] sum = new double[model.parameters().count()];
    int numel = model.shape().numel();
    for (int r = 0; r < image.count(); r++) {
      DenoisingDraws one = draw(image, r);
      try (PointerScope scope = new PointerScope()) {
        DenoisingBatch batch =
            DenoisingBatch.of(List.of(one), model.shape(), SCHEDULE, model.parameters().type());
        Tensor predicted = model.predict(batch.input());
        Tensor squared = batch.target().sub(predicted).square();
        Tensor loss =
            (mask == null ? squared : squared.mul(mask)).sum().div(new Scalar((double) numel));
        loss.backward();
        model
            .parameters()
            .list()
            .forEach(
                p -> {
                  double[] g = Libtorch.doubles(p.tensor().grad());
                  for (int i = 0; i < g.length; i++) {
                    sum[p.offset() + i] += g[i] / image.count();
                  }
                  p.tensor().mutable_grad().zero_();
                });
      }
    }
    return sum;
  }

  private static void assertSame(float[] found, double[] expected) {
    double largest = 0;
    for (double g : expected) {
      largest = Math.max(largest, Math.abs(g));
    }
    assertThat(largest).isPositive();
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .as("parameter %d", i)
          .isCloseTo(expected[i], within(ROUNDING * largest));
    }
  }

  @ParameterizedTest
  @EnumSource
  void perExampleGradientEqualsOneBackwardPassPerDraw(GradientMethod method) {
    for (int padding : new int[] {0, 1}) {
      try (LayeredDenoiser model = model(padding, ScalarType.Double)) {
        List<DenoisingDraws> images = images(model, 3, 4);
        float[][] found = gradients(method, model, images, null);
        for (int n = 0; n < images.size(); n++) {
          assertSame(found[n], obvious(model, images.get(n), null));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfLayerHasAGradientPerExample(GradientMethod method) {
    for (String options : OPTIONS) {
      try (LayeredDenoiser model = model(config(options), ScalarType.Double)) {
        List<DenoisingDraws> images = images(model, 3, 4);
        float[][] found = gradients(method, model, images, null);
        for (int n = 0; n < images.size(); n++) {
          assertSame(found[n], obvious(model, images.get(n), null));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMaskKeepsErrorsOutsideItOutOfTheGradient(GradientMethod method) {
    try (PointerScope scope = new PointerScope();
        LayeredDenoiser model = model(1, ScalarType.Double)) {
      float[] weights = new float[36];
      weights[7] = 1;
      weights[8] = 1;
      Tensor mask = Libtorch.of(weights, ScalarType.Double, 6, 6);
      List<DenoisingDraws> images = images(model, 2, 3);
      float[][] found = gradients(method, model, images, mask);
      for (int n = 0; n < 2; n++) {
        assertSame(found[n], obvious(model, images.get(n), mask));
      }
    }
  }

  /** Along a direction, against the difference of what the model itself predicts, squared here. */
  @ParameterizedTest
  @EnumSource
  void theGradientOfTheNormIsTheDifferenceOfSquaredPredictions(GradientMethod method) {
    float[] weights = new float[36];
    Arrays.fill(weights, 0, 20, 0.5f);
    try (PointerScope scope = new PointerScope();
        LayeredDenoiser model = model(1, ScalarType.Double)) {
      int p = model.parameters().count();
      Tensor mask = Libtorch.of(weights, ScalarType.Double, 6, 6);
      DenoisingDraws plain = images(model, 1, 3).get(0);
      float[] ofDraws = {1, 0.25f, 3};
      DenoisingDraws image =
          new DenoisingDraws(
              plain.image(), plain.conditions(), plain.timesteps(), plain.noise(), ofDraws);
      float[] gradient =
          WholeGradients.of(
              method.create(model, SCHEDULE, OutputFunction.NORM), p, List.of(image), mask)[0];
      float[] direction = new float[p];
      Seed.of(11).stream().fillGaussian(direction);
      double expected = 0;
      for (int i = 0; i < p; i++) {
        expected += (double) direction[i] * gradient[i];
      }
      double h = 1e-6;
      double above = squaredPrediction(model, direction, h, image, weights);
      double below = squaredPrediction(model, direction, -h, image, weights);
      // Gradients are rounded to float32, and products of both signs nearly cancel.
      assertThat((above - below) / (2 * h)).isCloseTo(expected, within(1e-5 * Math.abs(expected)));
    }
  }

  /** Σ_r w_r·mean over pixels of mask·ε_θ(x_{t_r}, t_r)², divided by R, at θ + h·direction. */
  private static double squaredPrediction(
      LayeredDenoiser model, float[] direction, double h, DenoisingDraws image, float[] mask) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor flat = model.parameters().flat();
      Tensor before = flat.clone();
      flat.add_(Libtorch.of(direction, ScalarType.Double, direction.length), new Scalar(h));
      DenoisingBatch batch =
          DenoisingBatch.of(List.of(image), model.shape(), SCHEDULE, ScalarType.Double);
      double[] predicted = Libtorch.doubles(model.predict(batch.input()));
      flat.copy_(before);
      int numel = image.image().length;
      double sum = 0;
      for (int i = 0; i < predicted.length; i++) {
        sum += image.weights()[i / numel] * mask[i % mask.length] * Math.pow(predicted[i], 2);
      }
      return sum / predicted.length;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void bothWaysAgreeInFloat32(int draws) {
    try (LayeredDenoiser model = model(1, ScalarType.Float)) {
      List<DenoisingDraws> images = images(model, 5, draws);
      float[][] one = gradients(GradientMethod.ONE_IMAGE, model, images, null);
      float[][] many = gradients(GradientMethod.LAYERWISE, model, images, null);
      for (int n = 0; n < images.size(); n++) {
        // Sums of some hundred float32 products in two orders.
        assertThat(relativeDistance(one[n], many[n])).isLessThan(1e-5);
      }
    }
  }

  /** Weights are of the rows' losses, so a weighted image is the sum of its draws' gradients. */
  @ParameterizedTest
  @EnumSource
  void drawsCountByTheirWeights(GradientMethod method) {
    try (LayeredDenoiser model = model(1, ScalarType.Double)) {
      DenoisingDraws plain = images(model, 1, 2).get(0);
      DenoisingDraws weighted =
          new DenoisingDraws(
              plain.image(),
              plain.conditions(),
              plain.timesteps(),
              plain.noise(),
              new float[] {3, 0.5f});
      double[] expected = new double[model.parameters().count()];
      for (int r = 0; r < 2; r++) {
        double[] gradient = obvious(model, draw(plain, r), null);
        for (int i = 0; i < expected.length; i++) {
          expected[i] += weighted.weights()[r] / 2 * gradient[i];
        }
      }
      assertSame(gradients(method, model, List.of(weighted), null)[0], expected);
    }
  }

  /** Widths of whole blocks of eight: convolutions of groups, which other widths do not take. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10})
  void groupsOfAConvolutionAreTheImagesOfABatch(int draws) {
    UNet2DConfig config =
        new UNet2DConfig(8, 3, List.of(8, 24), List.of(false, true), 1, 4, 1e-5, 8, true, 0, 0);
    try (LayeredDenoiser model = model(config, ScalarType.Float);
        LayeredDenoiser exact = model(config, ScalarType.Double)) {
      List<DenoisingDraws> images = images(model, 6, draws);
      float[][] one = gradients(GradientMethod.ONE_IMAGE, model, images, null);
      float[][] many = gradients(GradientMethod.LAYERWISE, model, images, null);
      float[][] expected = gradients(GradientMethod.ONE_IMAGE, exact, images, null);
      for (int n = 0; n < images.size(); n++) {
        assertThat(relativeDistance(expected[n], one[n])).isLessThan(1e-5);
        assertThat(relativeDistance(expected[n], many[n])).isLessThan(1e-5);
      }
    }
  }

  /** bfloat16 has 8 bits of precision, 2⁻⁸ = 0.004 a rounding; errors of layers add up. */
  @ParameterizedTest
  @EnumSource
  void inBfloat16GradientsAreTheSameToAFewPercent(GradientMethod method) {
    UNet2DConfig config =
        new UNet2DConfig(8, 3, List.of(8, 24), List.of(false, true), 1, 4, 1e-5, 8, true, 0, 0);
    try (LayeredDenoiser model = model(config, ScalarType.BFloat16);
        LayeredDenoiser exact = model(config, ScalarType.Float)) {
      // The same weights in both: those that bfloat16 can hold.
      exact.parameters().set(model.parameters().get());
      List<DenoisingDraws> images = images(model, 3, 4);
      float[][] found = gradients(method, model, images, null);
      float[][] expected = gradients(method, exact, images, null);
      for (int n = 0; n < images.size(); n++) {
        assertThat(relativeDistance(expected[n], found[n])).isBetween(1e-4, 0.04);
      }
    }
  }

  /** 131 draws of 6×6 pixels fit into no batch, and neither do the next image's two beside them. */
  @ParameterizedTest
  @EnumSource
  void drawsThatFillSeveralBatchesAreOneMean(GradientMethod method) {
    try (LayeredDenoiser model = model(1, ScalarType.Double)) {
      List<DenoisingDraws> images = new ArrayList<>(images(model, 1, 131));
      images.addAll(images(model, 3, 2));
      float[][] found = gradients(method, model, images, null);
      for (int n = 0; n < images.size(); n++) {
        assertSame(found[n], obvious(model, images.get(n), null));
      }
    }
  }

  /** Of every weight that no layer has twice. */
  @Test
  void whereSumsAreWantedAnImageHandsOverItsGradientsOnce() {
    try (LayeredDenoiser model = model(1, ScalarType.Double)) {
      List<DenoisingDraws> images = new ArrayList<>(images(model, 1, 131));
      images.addAll(images(model, 3, 2));
      float[][] found = new float[images.size()][model.parameters().count()];
      Map<String, Integer> calls = new HashMap<>();
      GradientSink sink =
          new GradientSink() {
            @Override
            public boolean wantsSums() {
              return true;
            }

            @Override
            public void accept(Parameter weight, int image, LayerGradient gradient) {
              double[] numbers = Libtorch.doubles(gradient.formed());
              int length = weight.numel();
              for (int i = 0; i < numbers.length; i++) {
                found[image + i / length][weight.offset() + i % length] += (float) numbers[i];
              }
              calls.merge(weight.name() + " of " + image, 1, Integer::sum);
            }
          };
      float[] losses = GradientMethod.LAYERWISE.create(model, SCHEDULE).compute(images, null, sink);
      assertThat(calls.values()).containsOnly(1);
      assertThat(losses)
          .containsExactly(
              GradientMethod.LAYERWISE
                  .create(model, SCHEDULE)
                  .compute(images, null, (weight, image, gradient) -> {}),
              within(1e-6f));
      for (int n = 0; n < images.size(); n++) {
        assertSame(found[n], obvious(model, images.get(n), null));
      }
    }
  }

  private static double relativeDistance(float[] a, float[] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      difference += Math.pow(a[i] - b[i], 2);
      norm += Math.pow(a[i], 2);
    }
    return Math.sqrt(difference / norm);
  }

  /** Wanted between two factors, on one side or both, of all kinds of layers. */
  @ParameterizedTest
  @EnumSource
  void betweenFactorsComesTheProductOfThePlainGradient(GradientMethod method) {
    for (String options : OPTIONS) {
      try (LayeredDenoiser model = model(config(options), ScalarType.Double)) {
        List<DenoisingDraws> images = images(model, 3, 4);
        double[][] found = new double[images.size()][model.parameters().count()];
        method
            .create(model, SCHEDULE)
            .compute(
                images,
                null,
                (weight, image, gradient) -> {
                  Factors factors = someFactors(weight);
                  Tensor wanted =
                      factors == null
                          ? gradient.formed()
                          : gradient.between(
                              tensor(factors.left(), factors.rows()),
                              tensor(factors.right(), factors.columns()));
                  double[] numbers = Libtorch.doubles(wanted);
                  int length = Math.toIntExact(wanted.size(1));
                  for (int i = 0; i < numbers.length; i++) {
                    found[image + i / length][weight.offset() + i % length] += numbers[i];
                  }
                });
        for (int n = 0; n < images.size(); n++) {
          double[] plain = obvious(model, images.get(n), null);
          for (Parameter weight : model.parameters().list()) {
            assertBetween(weight, plain, found[n]);
          }
        }
      }
    }
  }

  /** Matrices L of some rows and R of some columns; null: the identity. */
  private record Factors(int rows, float[] left, int columns, float[] right) {}

  private static Tensor tensor(float[] factor, int rows) {
    return factor == null
        ? null
        : Libtorch.of(factor, ScalarType.Float, rows, factor.length / rows);
  }

  /** Two rows at the left, three at the right, or one of the two, by the weight's place. */
  private static Factors someFactors(Parameter weight) {
    long[] shape = weight.shape();
    int out = (int) shape[0];
    int in = weight.numel() / out;
    if (weight.shape().length < 2 || out < 2 || in < 3) {
      return null;
    }
    float[] left = new float[2 * out];
    float[] right = new float[3 * in];
    Seed.of(9).child(weight.name()).stream().fillGaussian(left);
    Seed.of(10).child(weight.name()).stream().fillGaussian(right);
    return switch (weight.offset() % 3) {
      case 0 -> new Factors(2, left, 3, right);
      case 1 -> new Factors(out, null, 3, right);
      default -> new Factors(2, left, in, null);
    };
  }

  private static void assertBetween(Parameter weight, double[] plain, double[] found) {
    Factors factors = someFactors(weight);
    if (factors == null) {
      return;
    }
    int out = (int) weight.shape()[0];
    int in = weight.numel() / out;
    double scale = 1e-12;
    for (int i = 0; i < weight.numel(); i++) {
      scale = Math.max(scale, Math.abs(plain[weight.offset() + i]) * Math.sqrt(out * in));
    }
    for (int l = 0; l < factors.rows(); l++) {
      for (int r = 0; r < factors.columns(); r++) {
        double expected = 0;
        for (int o = 0; o < out; o++) {
          for (int i = 0; i < in; i++) {
            expected +=
                entry(factors.left(), l, o, out)
                    * plain[weight.offset() + o * in + i]
                    * entry(factors.right(), r, i, in);
          }
        }
        assertThat(found[weight.offset() + l * factors.columns() + r])
            .as("%s at %d, %d", weight.name(), l, r)
            .isCloseTo(expected, within(1e-9 * scale));
      }
    }
  }

  private static double entry(float[] factor, int row, int column, int width) {
    if (factor == null) {
      return row == column ? 1 : 0;
    }
    return factor[row * width + column];
  }

  @Test
  void aGradientDoesNotDependOnWhatElseIsInTheBatch() {
    try (LayeredDenoiser model = model(1, ScalarType.Double)) {
      List<DenoisingDraws> images = images(model, 7, 2);
      float[][] together = gradients(GradientMethod.LAYERWISE, model, images, null);
      for (int n = 0; n < images.size(); n++) {
        float[][] alone =
            gradients(GradientMethod.LAYERWISE, model, images.subList(n, n + 1), null);
        assertThat(relativeDistance(alone[0], together[n])).isLessThan(ROUNDING);
      }
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    try (LayeredDenoiser model = model(1, ScalarType.Float)) {
      List<DenoisingDraws> images = images(model, 12, 3);
      float[][] alone = gradients(GradientMethod.ONE_IMAGE, model, images, null);
      float[][] shared = new float[images.size()][];
      new Workers(4, Libtorch.device())
          .forEach(
              images.size(),
              i ->
                  shared[i] =
                      gradients(GradientMethod.ONE_IMAGE, model, images.subList(i, i + 1), null)[
                          0]);
      assertThat(shared).isEqualTo(alone);
    }
  }

  @Test
  void drawsBeyondTheFirstAreDifferentSteps() {
    DenoisingDraws draws =
        DenoisingDraws.uniform(new float[4], Condition.NONE, SCHEDULE, Seed.of(1), 1000);
    // A uniform step falls into each tenth of 0..999 about 100 times; six standard deviations.
    int[] tenths = new int[10];
    for (int t : draws.timesteps()) {
      tenths[t / 100]++;
    }
    for (int count : tenths) {
      assertThat(count).isBetween(100 - 57, 100 + 57);
    }
    assertThat(torch.isnan(Libtorch.of(draws.noise(), ScalarType.Float, 4000)).any().item_bool())
        .isFalse();
  }
}
