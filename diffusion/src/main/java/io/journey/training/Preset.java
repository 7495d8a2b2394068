package io.journey.training;

import io.journey.dataset.ImageShape;
import io.journey.model.UNet2DConfig;
import io.journey.run.SettingException;
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
      TrainingConfig.of(20000, 64, 1e-3).withEma(0.999)),
  /**
   * The paper's setting for CIFAR-10 (Georgiev et al., appendix A): the U-Net of Ho et al. (2020)
   * as {@code google/ddpm-cifar10-32} has it, 35 746 307 parameters, 200 epochs, learning rate by
   * half a cosine from 1e-4, horizontal flips. The paper says nothing about the batch and the
   * moving average of weights: they are those of Ho et al. Months on one core.
   */
  CIFAR10_DDPM(
      List.of(128, 256, 256, 256),
      List.of(false, true, false, false),
      2,
      32,
      null,
      TrainingConfig.of(1, 128, 1e-4).withMicroBatches(16).withEma(0.9999).withHorizontalFlips(),
      200,
      true);

  private final List<Integer> widths;
  private final List<Boolean> attention;
  private final int layersPerBlock;
  private final int groups;
  private final Integer headDim;
  private final TrainingConfig training;
  private final int epochs; // 0: as many steps as training says
  private final boolean original; // details as in the code of Ho et al., not as diffusers' defaults

  Preset(
      List<Integer> widths,
      List<Boolean> attention,
      int layersPerBlock,
      int groups,
      Integer headDim,
      TrainingConfig training) {
    this(widths, attention, layersPerBlock, groups, headDim, training, 0, false);
  }

  Preset(
      List<Integer> widths,
      List<Boolean> attention,
      int layersPerBlock,
      int groups,
      Integer headDim,
      TrainingConfig training,
      int epochs,
      boolean original) {
    this.widths = widths;
    this.attention = attention;
    this.layersPerBlock = layersPerBlock;
    this.groups = groups;
    this.headDim = headDim;
    this.training = training;
    this.epochs = epochs;
    this.original = original;
  }

  /** The preset of this name, such as {@code cifar10-ddpm}, in any case. */
  public static Preset parse(String name) {
    for (Preset preset : values()) {
      if (preset.word().equalsIgnoreCase(name)) {
        return preset;
      }
    }
    throw new SettingException(
        "preset "
            + name
            + " is unknown: use one of "
            + Arrays.stream(values()).map(Preset::word).collect(Collectors.joining(", ")));
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The architecture for images of a shape. */
  public UNet2DConfig model(ImageShape shape) {
    return new UNet2DConfig(
        shape,
        widths,
        attention,
        layersPerBlock,
        groups,
        original ? 1e-6 : 1e-5,
        headDim,
        !original,
        original ? 1 : 0,
        original ? 0 : 1);
  }

  /**
   * How it is trained.
   *
   * @param examples in the training set: a preset that counts in epochs takes its steps from it,
   *     the last step of the last epoch reaching into a next one
   */
  public TrainingConfig training(int examples) {
    if (epochs == 0) {
      return training;
    }
    long batch = training.batchSize();
    return training.withSteps(Math.toIntExact(((long) epochs * examples + batch - 1) / batch));
  }
}
