package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The architecture of a {@link UNet2D}, with the field names, order and defaults of diffusers'
 * {@code UNet2DModel}. Levels are counted from the largest images; L levels, c_i channels at level
 * i.
 *
 * @param sampleSize of the images, each side divisible by 2^(L−1); null: not told
 * @param inChannels of the noised images
 * @param outChannels of what is predicted
 * @param centerInputSample whether the input x is taken as 2x − 1
 * @param timeEmbeddingType how t becomes numbers
 * @param timeEmbeddingDim E, width of the time embedding; null: 4·c_0
 * @param freqShift of the positional embedding's frequencies
 * @param flipSinToCos whether the positional embedding starts with cosines
 * @param downBlockTypes of each level
 * @param midBlock whether there is a {@code UNetMidBlock2D}
 * @param upBlockTypes of each level, from the smallest images to the largest
 * @param blockOutChannels c_0 … c_(L−1)
 * @param layersPerBlock residual blocks in each down block; one more in each up block
 * @param midBlockScaleFactor what outputs of the mid block's parts are divided by
 * @param downsamplePadding of convolutions that halve: 1, or 0 for zeros at the right and bottom
 * @param downsampleType how {@code AttnDownBlock2D} halves
 * @param upsampleType how {@code AttnUpBlock2D} doubles
 * @param dropout of residual blocks, in training only
 * @param actFn of residual blocks
 * @param attentionHeadDim channels of one attention head; null: one head
 * @param normNumGroups groups of every norm but the mid attention's; divides every c_i
 * @param attnNormNumGroups groups of the mid attention's norm; null: as every norm, or no norm
 *     where {@code resnetTimeScaleShift} is {@code SCALE_SHIFT}
 * @param normEps ε of every norm
 * @param resnetTimeScaleShift how the time embedding enters a residual block
 * @param addAttention whether the mid block has attention
 * @param classEmbedType how a class enters; null: by a table where {@code numClassEmbeds} is given,
 *     else not at all
 * @param numClassEmbeds classes in the table, or null
 * @param numTrainTimesteps T of the learned time embedding; null for other types
 */
public record UNet2DConfig(
    Size sampleSize,
    int inChannels,
    int outChannels,
    boolean centerInputSample,
    TimeEmbeddingType timeEmbeddingType,
    Integer timeEmbeddingDim,
    int freqShift,
    boolean flipSinToCos,
    List<BlockType> downBlockTypes,
    boolean midBlock,
    List<BlockType> upBlockTypes,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    double midBlockScaleFactor,
    int downsamplePadding,
    Resampling downsampleType,
    Resampling upsampleType,
    double dropout,
    Activation actFn,
    Integer attentionHeadDim,
    int normNumGroups,
    Integer attnNormNumGroups,
    double normEps,
    TimeScaleShift resnetTimeScaleShift,
    boolean addAttention,
    ClassEmbedType classEmbedType,
    Integer numClassEmbeds,
    Integer numTrainTimesteps) {

  /** The size of images, in pixels. */
  public record Size(int height, int width) {}

  /** How t becomes numbers. */
  public enum TimeEmbeddingType {
    /** Sinusoids of t (Ho et al. 2020). */
    POSITIONAL,
    /** Sinusoids of log t at fixed random frequencies (Song et al. 2021); the output is over t. */
    FOURIER,
    /** A table with a row for each t. */
    LEARNED
  }

  /** What a level is made of. */
  public enum BlockType {
    /** Residual blocks, then a convolution that halves or doubles. */
    PLAIN("DownBlock2D", "UpBlock2D"),
    /** Residual blocks with attention. */
    ATTENTION("AttnDownBlock2D", "AttnUpBlock2D"),
    /** Residual blocks, the last of which halves or doubles. */
    RESNET("ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D");

    private final String down;
    private final String up;

    BlockType(String down, String up) {
      this.down = down;
      this.up = up;
    }

    /** Its name in {@code down_block_types}. */
    public String down() {
      return down;
    }

    /** Its name in {@code up_block_types}. */
    public String up() {
      return up;
    }

    static BlockType withAttention(boolean attention) {
      return attention ? ATTENTION : PLAIN;
    }
  }

  /** How images are halved or doubled. */
  public enum Resampling {
    /** A convolution. */
    CONV,
    /** A residual block. */
    RESNET
  }

  /** How the time embedding enters a residual block. */
  public enum TimeScaleShift {
    /** Added before the second norm. */
    DEFAULT,
    /** As scale and shift after the second norm. */
    SCALE_SHIFT
  }

  /** How a class becomes an embedding, other than by a table. */
  public enum ClassEmbedType {
    /** As a timestep does, with weights of its own. */
    TIMESTEP,
    /** It is added as it is. */
    IDENTITY
  }

  public UNet2DConfig {
    downBlockTypes = List.copyOf(downBlockTypes);
    upBlockTypes = List.copyOf(upBlockTypes);
    blockOutChannels = List.copyOf(blockOutChannels);
    List<String> problems = new ArrayList<>();
    int levels = blockOutChannels.size();
    if (levels == 0 || levels != downBlockTypes.size() || levels != upBlockTypes.size()) {
      throw new IllegalArgumentException(
          "a U-Net needs as many down_block_types and up_block_types as block_out_channels, got "
              + downBlockTypes.size()
              + ", "
              + upBlockTypes.size()
              + " and "
              + levels);
    }
    checkSize(problems, sampleSize, levels);
    atLeastOne(problems, "in_channels", inChannels);
    atLeastOne(problems, "out_channels", outChannels);
    atLeastOne(problems, "layers_per_block", layersPerBlock);
    atLeastOne(problems, "time_embedding_dim", timeEmbeddingDim);
    atLeastOne(problems, "num_class_embeds", numClassEmbeds);
    atLeastOne(problems, "num_train_timesteps", numTrainTimesteps);
    checkNorms(problems, blockOutChannels, normNumGroups, attnNormNumGroups, normEps);
    for (int i = 0; i < levels; i++) {
      boolean used =
          downBlockTypes.get(i) == BlockType.ATTENTION
              || upBlockTypes.get(levels - 1 - i) == BlockType.ATTENTION
              || (i == levels - 1 && midBlock && addAttention);
      int width = blockOutChannels.get(i);
      if (used && attentionHeadDim != null && (attentionHeadDim < 1 || attentionHeadDim > width)) {
        problems.add(
            "attention_head_dim "
                + attentionHeadDim
                + " does not fit "
                + Counted.of(width, "channels"));
      }
    }
    if (downsamplePadding < 0 || downsamplePadding > 1) {
      problems.add("downsample_padding must be 0 or 1, got " + downsamplePadding);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      problems.add("dropout must be in [0, 1), got " + dropout);
    }
    if (midBlockScaleFactor == 0 || !Double.isFinite(midBlockScaleFactor)) {
      problems.add("mid_block_scale_factor must not be 0, got " + midBlockScaleFactor);
    }
    if (timeEmbeddingType == TimeEmbeddingType.LEARNED && numTrainTimesteps == null) {
      problems.add("time_embedding_type learned needs num_train_timesteps");
    }
    if (timeEmbeddingType == TimeEmbeddingType.POSITIONAL
        && blockOutChannels.get(0) / 2 == freqShift) {
      problems.add(
          "freq_shift "
              + freqShift
              + " leaves no frequencies of "
              + Counted.of(blockOutChannels.get(0), "channels"));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * A plain U-Net for square images, its up blocks the mirror of its down blocks.
   *
   * @param sampleSize side of the images
   * @param channels of images, in and out
   * @param blockOutChannels channels of each level
   * @param attention whether a level has attention
   * @throws IllegalArgumentException naming everything that does not fit
   */
  public UNet2DConfig(
      int sampleSize,
      int channels,
      List<Integer> blockOutChannels,
      List<Boolean> attention,
      int layersPerBlock,
      int normNumGroups,
      double normEps,
      Integer attentionHeadDim,
      boolean flipSinToCos,
      int freqShift,
      int downsamplePadding) {
    this(
        new Size(sampleSize, sampleSize),
        channels,
        blockOutChannels,
        attention,
        layersPerBlock,
        normNumGroups,
        normEps,
        attentionHeadDim,
        flipSinToCos,
        freqShift,
        downsamplePadding);
  }

  /** The same for images of any shape. */
  public UNet2DConfig(
      ImageShape shape,
      List<Integer> blockOutChannels,
      List<Boolean> attention,
      int layersPerBlock,
      int normNumGroups,
      double normEps,
      Integer attentionHeadDim,
      boolean flipSinToCos,
      int freqShift,
      int downsamplePadding) {
    this(
        new Size(shape.height(), shape.width()),
        shape.channels(),
        blockOutChannels,
        attention,
        layersPerBlock,
        normNumGroups,
        normEps,
        attentionHeadDim,
        flipSinToCos,
        freqShift,
        downsamplePadding);
  }

  private UNet2DConfig(
      Size sampleSize,
      int channels,
      List<Integer> blockOutChannels,
      List<Boolean> attention,
      int layersPerBlock,
      int normNumGroups,
      double normEps,
      Integer attentionHeadDim,
      boolean flipSinToCos,
      int freqShift,
      int downsamplePadding) {
    this(
        sampleSize,
        channels,
        channels,
        false,
        TimeEmbeddingType.POSITIONAL,
        null,
        freqShift,
        flipSinToCos,
        attention.stream().map(BlockType::withAttention).toList(),
        true,
        mirrored(attention.stream().map(BlockType::withAttention).toList()),
        blockOutChannels,
        layersPerBlock,
        1,
        downsamplePadding,
        Resampling.CONV,
        Resampling.CONV,
        0,
        Activation.SILU,
        attentionHeadDim,
        normNumGroups,
        null,
        normEps,
        TimeScaleShift.DEFAULT,
        true,
        null,
        null,
        null);
  }

  private static List<BlockType> mirrored(List<BlockType> down) {
    List<BlockType> up = new ArrayList<>(down);
    Collections.reverse(up);
    return up;
  }

  private static void checkSize(List<String> problems, Size size, int levels) {
    if (size == null) {
      return;
    }
    String words =
        size.height() == size.width() ? "" + size.height() : size.height() + "×" + size.width();
    if (size.height() < 1 || size.width() < 1) {
      problems.add("sample_size must be at least 1, got " + words);
      return;
    }
    long scale = 1L << Math.min(levels - 1, 40);
    if (size.height() % scale != 0 || size.width() % scale != 0) {
      problems.add(
          "sample_size "
              + words
              + " is not divisible by "
              + scale
              + ", which "
              + levels
              + " levels need");
    }
  }

  private static void checkNorms(
      List<String> problems, List<Integer> widths, int groups, Integer midGroups, double eps) {
    for (int width : widths) {
      if (width < 1 || groups < 1 || width % groups != 0) {
        problems.add(
            "norm_num_groups " + groups + " does not divide " + Counted.of(width, "channels"));
      }
    }
    int last = widths.get(widths.size() - 1);
    if (midGroups != null && (midGroups < 1 || last % midGroups != 0)) {
      problems.add(
          "attn_norm_num_groups " + midGroups + " does not divide " + Counted.of(last, "channels"));
    }
    if (!(eps >= 0 && Double.isFinite(eps))) {
      problems.add("norm_eps must be at least 0, got " + eps);
    }
  }

  private static void atLeastOne(List<String> problems, String name, Integer value) {
    if (value != null && value < 1) {
      problems.add(name + " must be at least 1, got " + value);
    }
  }

  /** E, the width of the time embedding. */
  public int timeEmbeddingWidth() {
    return timeEmbeddingDim == null ? 4 * blockOutChannels.get(0) : timeEmbeddingDim;
  }

  /** The same architecture with a table of so many classes. */
  public UNet2DConfig withClasses(int classes) {
    ObjectNode json = toDiffusers().put("num_class_embeds", classes);
    return fromDiffusers(json, "The model");
  }

  /** Returns the conditions of which a prediction needs one. */
  public ConditioningSpec conditioning() {
    if (classEmbedType == null) {
      return numClassEmbeds == null
          ? ConditioningSpec.NONE
          : new ConditioningSpec(InputRange.below(numClassEmbeds));
    }
    return new ConditioningSpec(
        switch (classEmbedType) {
          case TIMESTEP -> timesteps();
          case IDENTITY -> InputRange.from(0);
        });
  }

  /** The timesteps that can be embedded. */
  public InputRange timesteps() {
    return switch (timeEmbeddingType) {
      case POSITIONAL -> InputRange.from(0);
      case FOURIER -> InputRange.from(1);
      case LEARNED -> InputRange.below(numTrainTimesteps);
    };
  }

  /**
   * The shape of the images.
   *
   * @throws JourneyException if the configuration does not tell it, or if the model predicts other
   *     images than it takes: such a model computes, but cannot be sampled, trained or attributed
   */
  public ImageShape shape() {
    if (inChannels != outChannels) {
      throw new JourneyException(
          "The model has in_channels "
              + inChannels
              + " and out_channels "
              + outChannels
              + ", expected as many: name a checkpoint that predicts images like those it takes.");
    }
    if (sampleSize == null) {
      throw new JourneyException(
          "The model's config.json has sample_size null, expected the side of its images:"
              + " write it there.");
    }
    return new ImageShape(inChannels, sampleSize.height(), sampleSize.width());
  }

  /**
   * Refuses an architecture that can be evaluated but not trained.
   *
   * @throws IllegalArgumentException if it has dropout, or divides by t
   */
  public void requireTrainable() {
    if (dropout > 0) {
      throw new IllegalArgumentException(
          "dropout " + dropout + " cannot be trained with, only evaluated: set dropout to 0");
    }
    if (timeEmbeddingType == TimeEmbeddingType.FOURIER) {
      throw new IllegalArgumentException(
          "time_embedding_type fourier divides by t, which is 0 for one step in training: set it to"
              + " positional or learned");
    }
  }

  /**
   * As diffusers' {@code config.json}; options with {@code UNet2DModel}'s defaults may be left out.
   */
  public ObjectNode toDiffusers() {
    return UNet2DConfigFile.write(this);
  }

  /**
   * Reads diffusers' {@code config.json}.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is unknown, of the wrong type or not
   *     supported
   */
  public static UNet2DConfig fromDiffusers(ObjectNode json, String where) {
    return UNet2DConfigFile.read(json, where);
  }
}
