package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.model.ConfigBinding.OrNull;
import io.journey.model.UNet2DOptions.ClassEmbedType;
import io.journey.model.UNet2DOptions.DownBlock;
import io.journey.model.UNet2DOptions.MidBlock;
import io.journey.model.UNet2DOptions.Resampling;
import io.journey.model.UNet2DOptions.Size;
import io.journey.model.UNet2DOptions.TimeEmbeddingType;
import io.journey.model.UNet2DOptions.UpBlock;
import io.journey.nn.Activation;
import io.journey.nn.ResnetBlock2D.TimeNorm;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

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
 * @param midBlockType null: there is none
 * @param upBlockTypes of each level, from the smallest images to the largest
 * @param blockOutChannels c_0 … c_(L−1)
 * @param layersPerBlock residual blocks in each down block; one more in each up block
 * @param midBlockScaleFactor what outputs of the mid block's parts are divided by
 * @param downsamplePadding of convolutions that halve: 1, or 0 for zeros at the right and bottom
 * @param downsampleType how {@code AttnDownBlock2D} halves; null: by a convolution
 * @param upsampleType how {@code AttnUpBlock2D} doubles; null: by a convolution
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
 * @param numTrainTimesteps T of the learned time embedding; other types ignore it, as diffusers
 *     does
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
    List<DownBlock> downBlockTypes,
    @OrNull MidBlock midBlockType,
    List<UpBlock> upBlockTypes,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    double midBlockScaleFactor,
    int downsamplePadding,
    @OrNull Resampling downsampleType,
    @OrNull Resampling upsampleType,
    double dropout,
    Activation actFn,
    Integer attentionHeadDim,
    int normNumGroups,
    Integer attnNormNumGroups,
    double normEps,
    TimeNorm resnetTimeScaleShift,
    boolean addAttention,
    @OrNull ClassEmbedType classEmbedType,
    Integer numClassEmbeds,
    Integer numTrainTimesteps)
    implements DenoiserConfig {

  /** Options that are written whatever they are. */
  private static final Set<String> ALWAYS =
      Set.of(
          "act_fn",
          "attention_head_dim",
          "block_out_channels",
          "down_block_types",
          "downsample_padding",
          "flip_sin_to_cos",
          "freq_shift",
          "in_channels",
          "layers_per_block",
          "norm_eps",
          "norm_num_groups",
          "out_channels",
          "sample_size",
          "up_block_types");

  private static final ConfigBinding<UNet2DConfig> DIFFUSERS =
      new ConfigBinding<>(
          UNet2DArchitecture.CLASS_NAME,
          new UNet2DConfig(
              null,
              3,
              List.of(224, 448, 672, 896),
              List.of(false, true, true, true),
              2,
              32,
              1e-5,
              8,
              true,
              0,
              1));

  public UNet2DConfig {
    downBlockTypes = List.copyOf(downBlockTypes);
    upBlockTypes = List.copyOf(upBlockTypes);
    blockOutChannels = List.copyOf(blockOutChannels);
    downsampleType = downsampleType == null ? Resampling.CONV : downsampleType;
    upsampleType = upsampleType == null ? Resampling.CONV : upsampleType;
    if (timeEmbeddingType != TimeEmbeddingType.LEARNED) {
      numTrainTimesteps = null;
    }
    List<String> problems = new ArrayList<>();
    int levels = blockOutChannels.size();
    UNet2DChecks.requireLevels(levels, downBlockTypes.size(), upBlockTypes.size());
    UNet2DChecks.checkSize(problems, sampleSize, levels);
    UNet2DChecks.atLeastOne(problems, "in_channels", inChannels);
    UNet2DChecks.atLeastOne(problems, "out_channels", outChannels);
    UNet2DChecks.atLeastOne(problems, "layers_per_block", layersPerBlock);
    UNet2DChecks.atLeastOne(problems, "time_embedding_dim", timeEmbeddingDim);
    UNet2DChecks.atLeastOne(problems, "num_class_embeds", numClassEmbeds);
    UNet2DChecks.atLeastOne(problems, "num_train_timesteps", numTrainTimesteps);
    UNet2DChecks.checkNorms(problems, blockOutChannels, normNumGroups, attnNormNumGroups, normEps);
    for (int i = 0; i < levels; i++) {
      boolean used =
          downBlockTypes.get(i) == DownBlock.ATTENTION
              || upBlockTypes.get(levels - 1 - i) == UpBlock.ATTENTION
              || (i == levels - 1 && midBlockType != null && addAttention);
      int width = blockOutChannels.get(i);
      if (used && attentionHeadDim != null && (attentionHeadDim < 1 || attentionHeadDim > width)) {
        problems.add(
            "attention_head_dim "
                + attentionHeadDim
                + " does not fit "
                + Counted.of(width, "channels"));
      }
    }
    UNet2DChecks.checkNumbers(problems, downsamplePadding, dropout, midBlockScaleFactor);
    if (timeEmbeddingType == TimeEmbeddingType.LEARNED && numTrainTimesteps == null) {
      problems.add("time_embedding_type learned needs num_train_timesteps");
    }
    if (timeEmbeddingType == TimeEmbeddingType.POSITIONAL) {
      UNet2DChecks.checkFrequencies(problems, freqShift, blockOutChannels.get(0));
    }
    if (!problems.isEmpty()) {
      throw new SettingException(String.join("; ", problems));
    }
  }

  /**
   * A plain U-Net for square images, its up blocks the mirror of its down blocks.
   *
   * @param sampleSize side of the images
   * @param channels of images, in and out
   * @param blockOutChannels channels of each level
   * @param attention whether a level has attention
   * @throws SettingException naming everything that does not fit
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
        attention.stream().map(a -> a ? DownBlock.ATTENTION : DownBlock.PLAIN).toList(),
        MidBlock.UNET,
        mirrored(attention.stream().map(a -> a ? UpBlock.ATTENTION : UpBlock.PLAIN).toList()),
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
        TimeNorm.DEFAULT,
        true,
        null,
        null,
        null);
  }

  private static List<UpBlock> mirrored(List<UpBlock> down) {
    List<UpBlock> up = new ArrayList<>(down);
    Collections.reverse(up);
    return up;
  }

  @Override
  public UNet2D build() {
    return new UNet2D(this);
  }

  @Override
  public double leastWeights() {
    return LeastWeights.of(this);
  }

  /** E, the width of the time embedding. */
  public int timeEmbeddingWidth() {
    return timeEmbeddingDim == null ? 4 * blockOutChannels.get(0) : timeEmbeddingDim;
  }

  /** The same architecture with a table of so many classes. */
  @Override
  public UNet2DConfig withClasses(int classes) {
    ObjectNode json = toDiffusers().put("num_class_embeds", classes);
    return fromDiffusers(json, "The model");
  }

  /** Returns the conditions of which a prediction needs one. */
  @Override
  public OptionalInt classRows() {
    return numClassEmbeds == null || classEmbedType != null
        ? OptionalInt.empty()
        : OptionalInt.of(numClassEmbeds);
  }

  @Override
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

  /** Returns the timesteps that can be embedded. */
  @Override
  public InputRange timesteps() {
    return switch (timeEmbeddingType) {
      case POSITIONAL -> InputRange.from(0);
      case FOURIER -> InputRange.from(1);
      case LEARNED -> InputRange.below(numTrainTimesteps);
    };
  }

  /**
   * Returns the shape of the images.
   *
   * @throws JourneyException if the configuration does not tell it, or if the model predicts other
   *     images than it takes: such a model computes, but cannot be sampled, trained or attributed
   */
  @Override
  public ImageShape shape() {
    return UNet2DChecks.shape(inChannels, outChannels, sampleSize);
  }

  /**
   * Refuses an architecture that can be evaluated but not trained.
   *
   * @throws SettingException if it has dropout, or divides by t
   */
  @Override
  public void requireTrainable() {
    UNet2DChecks.requireNoDropout(dropout);
    if (timeEmbeddingType == TimeEmbeddingType.FOURIER) {
      throw new SettingException(
          "time_embedding_type fourier divides by t, which is 0 for one step in training: set it to"
              + " positional or learned");
    }
  }

  /**
   * As diffusers' {@code config.json}; options with {@code UNet2DModel}'s defaults may be left out.
   */
  @Override
  public ObjectNode toDiffusers() {
    return DIFFUSERS.write(this, ALWAYS);
  }

  /**
   * Reads diffusers' {@code config.json}.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is unknown, of the wrong type or not
   *     supported
   */
  public static UNet2DConfig fromDiffusers(ObjectNode json, String where) {
    return DIFFUSERS.read(json, where);
  }
}
