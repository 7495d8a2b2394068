package io.journey.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition.Caption;
import io.journey.condition.TextStates;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.LayeredDenoiser;
import io.journey.model.LoraFile;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of each image by the pairs of a LoRA alone, in float64: those of all layers at once are
 * those of a backward pass an image. They come out as float32.
 */
class LoraGradientsTest {
  private static final Path GOLDEN = Path.of("../diffusion/src/test/resources/golden/lora");
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.ddpm();
  private static final double ROUNDING = 2e-7;
  private static final int TOKENS = 4;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void layerByLayerGivesTheGradientsOfOneImage(int draws) {
    LoraFile lora = LoraFile.open(GOLDEN.resolve("kohya.safetensors"));
    try (Checkpoint checkpoint =
        Checkpoint.read(GOLDEN.resolve("base"), ScalarType.Double).withLora(lora)) {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      List<DenoisingDraws> images = images(model, draws);
      int p = model.parameters().count();
      float[][] one =
          WholeGradients.of(GradientMethod.ONE_IMAGE.create(model, SCHEDULE), p, images, null);
      float[][] many =
          WholeGradients.of(GradientMethod.LAYERWISE.create(model, SCHEDULE), p, images, null);
      for (int n = 0; n < images.size(); n++) {
        double largest = 0;
        for (float number : one[n]) {
          largest = Math.max(largest, Math.abs(number));
        }
        for (Parameter weight : model.parameters().list()) {
          boolean some = false;
          for (int i = weight.offset(); i < weight.offset() + weight.numel(); i++) {
            assertThat((double) many[n][i])
                .as("%s of image %d", weight.name(), n)
                .isCloseTo(one[n][i], within(ROUNDING * largest));
            some |= many[n][i] != 0;
          }
          assertThat(some).as(weight.name()).isTrue();
        }
      }
    }
  }

  private static List<DenoisingDraws> images(LayeredDenoiser model, int draws) {
    int width = model.conditioning().captions().width();
    List<DenoisingDraws> images = new ArrayList<>();
    for (String text : List.of("a cat", "", "a cat")) {
      Seed seed = Seed.of(7).child(images.size());
      float[] states = new float[TOKENS * width];
      Seed.of(3).child(text).stream().fillGaussian(states);
      float[] image = new float[model.shape().numel()];
      seed.stream().fillGaussian(image);
      Caption caption = new Caption(text, TextStates.of(states, TOKENS, width));
      images.add(DenoisingDraws.uniform(image, caption, SCHEDULE, seed.child("draws"), draws));
    }
    return images;
  }
}
