package io.journey.training;

import io.journey.dataset.ImageShape;
import io.journey.model.UNet2DConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Architectures and training settings with a name; image size and channels come from the data. */
public enum Preset {
  /** Seconds: for trying things out. */
  TINY(List.of(16, 32), List.of(false, true), 1, 4, 8, TrainingConfig.of(300, 32, 2e-3)),
  /** Minutes on one core: garments of 16×16. */
  SMALL(
      List.of(16, 32, 32),
      List.of(false, false, true),
      1,
      8,
      16,
      TrainingConfig.of(1500, 32, 3e-3).withEma(0.99)),
  /** Hours on one core: 28×28 or 32×32, a million parameters. */
  MEDIUM(
      List.of(32, 64, 96),
      List.of(false, false, true),
      2,
      8,
      16,
      TrainingConfig.of(20000, 64, 1e-3).withEma(0.999));

  private final List<Integer> widths;
  private final List<Boolean> attention;
  private final int layersPerBlock;
  private final int groups;
  private final int headDim;
  private final TrainingConfig training;

  Preset(
      List<Integer> widths,
      List<Boolean> attention,
      int layersPerBlock,
      int groups,
      int headDim,
      TrainingConfig training) {
    this.widths = widths;
    this.attention = attention;
    this.layersPerBlock = layersPerBlock;
    this.groups = groups;
    this.headDim = headDim;
    this.training = training;
  }

  /** The preset of this name, in any case. */
  public static Preset parse(String name) {
    for (Preset preset : values()) {
      if (preset.name().equalsIgnoreCase(name)) {
        return preset;
      }
    }
    throw new IllegalArgumentException(
        "preset "
            + name
            + " is unknown: use one of "
            + Arrays.stream(values())
                .map(p -> p.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }

  /** The architecture for images of a shape. */
  public UNet2DConfig model(ImageShape shape) {
    if (shape.height() != shape.width()) {
      throw new IllegalArgumentException(
          "the U-Net takes square images, the data are "
              + shape
              + ": add size=N to the data's name");
    }
    return new UNet2DConfig(
        shape.height(),
        shape.channels(),
        widths,
        attention,
        layersPerBlock,
        groups,
        1e-5,
        headDim,
        true,
        0,
        1);
  }

  /** How it is trained. */
  public TrainingConfig training() {
    return training;
  }
}
