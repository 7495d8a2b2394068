package io.journey.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.condition.Condition.Caption;
import io.journey.condition.TextStates;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.LayeredDenoiser;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of each image of text-conditional U-Nets, in float64. Layer by layer, keys and values
 * of captions are computed once for an image and not once for a draw; the truth is a backward pass
 * an image. Gradients come out as float32.
 */
class CaptionGradientsTest {
  private static final Path MODELS = Path.of("../diffusion/src/test/resources/golden/condition");
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.ddpm();
  private static final double ROUNDING = 2e-7;
  private static final int TOKENS = 4;

  private static Caption caption(String text, int width) {
    float[] states = new float[TOKENS * width];
    Seed.of(3).child(text).stream().fillGaussian(states);
    return new Caption(text, TextStates.of(states, TOKENS, width));
  }

  private static DenoisingDraws draws(
      LayeredDenoiser model, int n, Condition condition, int draws) {
    float[] image = new float[model.shape().numel()];
    Seed.of(7).child(n).stream().fillGaussian(image);
    return DenoisingDraws.uniform(image, condition, SCHEDULE, Seed.of(8).child(n), draws);
  }

  /** Four images; the first and the third have one caption, and so have both others none. */
  private static List<DenoisingDraws> images(LayeredDenoiser model, int draws) {
    int width = model.conditioning().captions().width();
    List<DenoisingDraws> images = new ArrayList<>();
    for (String text : List.of("a cat", "", "a cat", "")) {
      images.add(draws(model, images.size(), caption(text, width), draws));
    }
    return images;
  }

  @ParameterizedTest
  @ValueSource(strings = {"coco-like", "sd1-like", "sd2-like", "other-options", "no-mid"})
  void imagesOfOneCaptionKeepTheirOwnGradients(String name) {
    try (Checkpoint checkpoint = Checkpoint.read(MODELS.resolve(name), ScalarType.Double)) {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      for (int draws : new int[] {1, 3}) {
        assertSame(model, images(model, draws));
      }
    }
  }

  /** More draws than fit into a batch: entries are made once a pass. */
  @ParameterizedTest
  @ValueSource(strings = {"no-mid"})
  void drawsThatFillSeveralBatchesAreOneMean(String name) {
    try (Checkpoint checkpoint = Checkpoint.read(MODELS.resolve(name), ScalarType.Double)) {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      assertSame(model, images(model, 131).subList(0, 2));
    }
  }

  /** Images of one, two and three captions, whose draws take turns at them. */
  @ParameterizedTest
  @ValueSource(strings = {"coco-like", "sd2-like"})
  void drawsOfSeveralCaptionsAreTheMeanOfDrawsOfOne(String name) {
    try (Checkpoint checkpoint = Checkpoint.read(MODELS.resolve(name), ScalarType.Double)) {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      int width = model.conditioning().captions().width();
      List<DenoisingDraws> images = new ArrayList<>();
      for (List<String> texts :
          List.of(List.of("a cat"), List.of("a dog", ""), List.of("a cat", "a bee", "an owl"))) {
        DenoisingDraws draws = draws(model, images.size(), Condition.NONE, 5);
        images.add(
            draws.withImage(
                draws.image(), texts.stream().map(text -> caption(text, width)).toList()));
      }
      assertThat(images.get(2).condition(4)).isEqualTo(caption("a bee", width));
      assertSame(model, images);
      assertSame(model, images.subList(1, 2));
      int p = model.parameters().count();
      float[][] found =
          WholeGradients.of(GradientMethod.LAYERWISE.create(model, SCHEDULE), p, images, null);
      for (int n = 0; n < images.size(); n++) {
        double[] mean = new double[p];
        for (int r = 0; r < 5; r++) {
          DenoisingDraws one = images.get(n).some(r);
          assertThat(one.conditions()).hasSize(1);
          float[] ofDraw =
              WholeGradients.of(
                  GradientMethod.ONE_IMAGE.create(model, SCHEDULE), p, List.of(one), null)[0];
          for (int i = 0; i < p; i++) {
            mean[i] += ofDraw[i] / 5.0;
          }
        }
        double largest = largest(found[n]);
        for (int i = 0; i < p; i++) {
          assertThat((double) found[n][i]).isCloseTo(mean[i], within(ROUNDING * largest));
        }
      }
    }
  }

  private static void assertSame(LayeredDenoiser model, List<DenoisingDraws> images) {
    int p = model.parameters().count();
    float[][] one =
        WholeGradients.of(GradientMethod.ONE_IMAGE.create(model, SCHEDULE), p, images, null);
    float[][] many =
        WholeGradients.of(GradientMethod.LAYERWISE.create(model, SCHEDULE), p, images, null);
    for (int n = 0; n < images.size(); n++) {
      double largest = largest(one[n]);
      for (Parameter weight : model.parameters().list()) {
        int to = weight.offset() + weight.numel();
        float[] expected = Arrays.copyOfRange(one[n], weight.offset(), to);
        float[] found = Arrays.copyOfRange(many[n], weight.offset(), to);
        // Of a layer that was never told of all would be 0. At one position attention to the tokens
        // themselves has no choice: queries and keys have no gradient but rounding.
        if (largest(expected) > ROUNDING * largest) {
          assertThat(largest(found)).as(weight.name()).isPositive();
        }
        for (int i = 0; i < found.length; i++) {
          assertThat((double) found[i])
              .as("%s %d of image %d", weight.name(), i, n)
              .isCloseTo(expected[i], within(ROUNDING * largest));
        }
      }
    }
    assertThat(images.size() > 1 && Arrays.equals(one[0], one[1])).isFalse();
  }

  private static double largest(float[] numbers) {
    double largest = 0;
    for (float number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    return largest;
  }
}
