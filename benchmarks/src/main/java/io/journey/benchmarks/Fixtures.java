package io.journey.benchmarks;

import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import java.util.ArrayList;
import java.util.List;

/** Random images and models of a given size: speed does not depend on what is in them. */
final class Fixtures {
  private Fixtures() {}

  /** A U-Net whose levels below the first have attention if {@code attention}. */
  static UNet2DConfig model(int side, int channels, List<Integer> widths, int layers) {
    List<Boolean> attention = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      attention.add(i == widths.size() - 1);
    }
    int groups = widths.get(0) % 8 == 0 ? 8 : 4;
    return new UNet2DConfig(
        side, channels, widths, attention, layers, groups, 1e-5, widths.get(0), true, 0, 1);
  }

  /** Random images with R draws each. */
  static List<DenoisingDraws> images(int count, int numel, int draws) {
    List<DenoisingDraws> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] image = new float[numel];
      Seed seed = Seed.of(1).child(i);
      seed.child("image").stream().fillGaussian(image);
      images.add(DenoisingDraws.uniform(image, -1, NoiseSchedule.ddpm(), seed, draws));
    }
    return images;
  }
}
