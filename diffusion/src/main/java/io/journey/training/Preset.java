package io.journey.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.model.Architecture;
import io.journey.model.DenoiserConfig;
import io.journey.model.UNet2DConditionArchitecture;
import io.journey.model.UNet2DConfig;
import io.journey.run.DiffusersJson;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.scheduler.SchedulerConfig;
import java.util.ArrayList;
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
      TrainingConfig.of(1500, 32, 3e-3).withEmaDecay(0.99)),
  /** Hours on one core: 28×28 or 32×32, a million parameters. */
  MEDIUM(
      List.of(32, 64, 96),
      List.of(false, false, true),
      2,
      8,
      16,
      TrainingConfig.of(20000, 64, 1e-3).withEmaDecay(0.999)),
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
      TrainingConfig.of(1, 128, 1e-4)
          .withMicroBatchSize(16)
          .withEmaDecay(0.9999)
          .withHorizontalFlip(true),
      200,
      true),
  /**
   * The paper's setting for MS COCO (Georgiev et al., appendix A, and their code): the U-Net of
   * captions on latents, 57 373 316 parameters where latents are 4×16×16 and states have 1024
   * numbers, linear schedule, ε, 200 epochs, learning rate by half a cosine from 2e-4. The paper
   * says nothing about the batch, the moving average and dropped captions: 64, as Mlodozeniec et
   * al. guess it, and 0.9999 and 0.1. Years on two cores.
   */
  COCO_LDM(
      List.of(128, 256, 256, 256),
      List.of(true, true, true, false),
      2,
      32,
      null,
      TrainingConfig.of(1, 64, 2e-4)
          .withMicroBatchSize(8)
          .withEmaDecay(0.9999)
          .withDropCaptions(0.1),
      200,
      false),
  /** Minutes on two cores: captioned scenes of 64×64 in an autoencoder's latents of 8×8. */
  SCENES(
      List.of(64, 128),
      List.of(true, true),
      1,
      16,
      null,
      TrainingConfig.of(4000, 32, 1e-3)
          .withMicroBatchSize(16)
          .withEmaDecay(0.999)
          .withDropCaptions(0.1));

  /** Probability of a dropped caption where a preset says nothing. */
  private static final double DROP_CAPTIONS = 0.1;

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
   * The architecture for images of a shape with captions: cross-attention stands where the model of
   * images alone has attention.
   *
   * @param textWidth D, the width of a caption's states
   */
  public DenoiserConfig model(ImageShape shape, int textWidth) {
    ObjectNode json = DiffusersJson.object(UNet2DConditionArchitecture.CLASS_NAME);
    json.set("sample_size", Json.tree(List.of(shape.height(), shape.width())));
    json.put("in_channels", shape.channels()).put("out_channels", shape.channels());
    List<String> down = new ArrayList<>();
    List<String> up = new ArrayList<>();
    List<Integer> heads = new ArrayList<>();
    for (int level = 0; level < widths.size(); level++) {
      boolean attends = attention.get(level);
      down.add(attends ? "CrossAttnDownBlock2D" : "DownBlock2D");
      up.add(0, attends ? "CrossAttnUpBlock2D" : "UpBlock2D");
      heads.add(headsOf(widths.get(level)));
    }
    json.set("down_block_types", Json.tree(down));
    json.set("up_block_types", Json.tree(up));
    json.set("block_out_channels", Json.tree(widths));
    json.put("layers_per_block", layersPerBlock).put("norm_num_groups", groups);
    json.put("cross_attention_dim", textWidth);
    json.set("attention_head_dim", Json.tree(heads));
    return Architecture.read(json, "The preset " + word());
  }

  /**
   * Heads of cross-attention: of as many channels as the preset says, or as many as it is known.
   */
  private int headsOf(int width) {
    return switch (this) {
      case COCO_LDM -> 8;
      case SCENES -> 4;
      default -> headDim == null ? 1 : Math.max(1, width / headDim);
    };
  }

  /**
   * Refuses a preset of captions without them.
   *
   * @throws SettingException if the preset needs captions
   */
  public void requireCaptions(boolean captioned) {
    if (!captioned && (this == COCO_LDM || this == SCENES)) {
      throw new SettingException(
          "preset "
              + word()
              + " is of models of captions: name what encodes them, as with --text-encoder DIR");
    }
  }

  /**
   * Returns how a LoRA is trained: the learning rate and the batch of diffusers' {@code
   * train_text_to_image_lora.py}, no dropped captions, as there. Few images at a time, since the
   * base may be large.
   */
  public static TrainingConfig loraTraining() {
    return TrainingConfig.of(1000, 16, 1e-4).withMicroBatchSize(2);
  }

  /** Returns how images are noised and what the model predicts. */
  public SchedulerConfig scheduler() {
    return this == SCENES ? scheduleOfScenes() : SchedulerConfig.DEFAULT;
  }

  /** As Stable Diffusion noises latents, with v as what is predicted. */
  private static SchedulerConfig scheduleOfScenes() {
    return SchedulerConfig.supported(
        DiffusersJson.object("DDIMScheduler")
            .put("beta_schedule", "scaled_linear")
            .put("beta_start", 0.00085)
            .put("beta_end", 0.012)
            .put("prediction_type", "v_prediction")
            .put("clip_sample", false)
            .put("set_alpha_to_one", false)
            .put("steps_offset", 1),
        "The preset scenes");
  }

  /** Returns the same training of a model of captions, some of which are dropped. */
  public TrainingConfig trainingWithCaptions(int examples) {
    TrainingConfig own = training(examples);
    return own.dropCaptions() > 0 ? own : own.withDropCaptions(DROP_CAPTIONS);
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
