package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.model.ConfigBinding.OrNull;
import io.journey.model.UNet2DConditionOptions.DownBlock;
import io.journey.model.UNet2DConditionOptions.MidBlock;
import io.journey.model.UNet2DConditionOptions.PerLevel;
import io.journey.model.UNet2DConditionOptions.UpBlock;
import io.journey.model.UNet2DOptions.Size;
import io.journey.nn.Activation;
import io.journey.nn.ResnetBlock2D.TimeNorm;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The architecture of a {@link UNet2DCondition}, with the field names, order and defaults of
 * diffusers' {@code UNet2DConditionModel}, as far as Stable Diffusion 1 and 2 and models like them
 * use its options. Levels are counted from the largest images; L levels, c_i channels at level i.
 *
 * <p>Trap: {@code attention_head_dim} is the <em>number of heads</em> here, as diffusers reads it,
 * and not the channels of one, as it is in {@code UNet2DModel}.
 *
 * @param sampleSize of the images, each side divisible by 2^(L−1); null: not told
 * @param inChannels of the noised images
 * @param outChannels of what is predicted
 * @param centerInputSample whether the input x is taken as 2x − 1
 * @param flipSinToCos whether the time embedding starts with cosines
 * @param freqShift of the time embedding's frequencies
 * @param downBlockTypes of each level
 * @param midBlockType null: there is none
 * @param upBlockTypes of each level, from the smallest images to the largest
 * @param blockOutChannels c_0 … c_(L−1)
 * @param layersPerBlock residual blocks in each down block; one more in each up block
 * @param downsamplePadding of convolutions that halve: 1, or 0 for zeros at the right and bottom
 * @param midBlockScaleFactor what outputs of the mid block's residual blocks are divided by
 * @param dropout of residual blocks, in training only
 * @param actFn of residual blocks, time embedding and output
 * @param normNumGroups groups of every group norm; divides every c_i
 * @param normEps ε of group norms, but not of transformers' (1e-6) and of layer norms (1e-5)
 * @param crossAttentionDim D, the width of a caption's states; one for all levels
 * @param transformerLayersPerBlock transformer blocks after each residual block
 * @param attentionHeadDim heads of each attention; divides c_i
 * @param useLinearProjection whether transformers project by linear maps and not by convolutions
 * @param upcastAttention read and written; it asks for scores in float32 where a model is run in
 *     float16, and changes nothing here
 * @param resnetTimeScaleShift how the time embedding enters a residual block
 * @param timeEmbeddingDim E, width of the time embedding; null: 4·c_0
 */
public record UNet2DConditionConfig(
    Size sampleSize,
    int inChannels,
    int outChannels,
    boolean centerInputSample,
    boolean flipSinToCos,
    int freqShift,
    List<DownBlock> downBlockTypes,
    @OrNull MidBlock midBlockType,
    List<UpBlock> upBlockTypes,
    List<Integer> blockOutChannels,
    PerLevel layersPerBlock,
    int downsamplePadding,
    double midBlockScaleFactor,
    double dropout,
    Activation actFn,
    int normNumGroups,
    double normEps,
    PerLevel crossAttentionDim,
    PerLevel transformerLayersPerBlock,
    PerLevel attentionHeadDim,
    boolean useLinearProjection,
    boolean upcastAttention,
    TimeNorm resnetTimeScaleShift,
    Integer timeEmbeddingDim)
    implements DenoiserConfig {

  /** Options that are written whatever they are. */
  private static final Set<String> ALWAYS =
      Set.of(
          "act_fn",
          "attention_head_dim",
          "block_out_channels",
          "cross_attention_dim",
          "down_block_types",
          "in_channels",
          "layers_per_block",
          "mid_block_type",
          "norm_eps",
          "norm_num_groups",
          "out_channels",
          "sample_size",
          "up_block_types",
          "use_linear_projection");

  /**
   * Options that have one value in models without the parts that they configure. Classes are among
   * them: an image has one condition, and here it is a caption.
   */
  private static final String FIXED =
      """
      {
        "only_cross_attention": false, "mid_block_only_cross_attention": null,
        "dual_cross_attention": false, "reverse_transformer_layers_per_block": null,
        "num_attention_heads": null, "cross_attention_norm": null, "attention_type": "default",
        "encoder_hid_dim": null, "encoder_hid_dim_type": null,
        "class_embed_type": null, "num_class_embeds": null, "class_embeddings_concat": false,
        "projection_class_embeddings_input_dim": null,
        "addition_embed_type": null, "addition_time_embed_dim": null,
        "addition_embed_type_num_heads": 64,
        "resnet_skip_time_act": false, "resnet_out_scale_factor": 1.0,
        "time_embedding_type": "positional", "time_embedding_act_fn": null,
        "timestep_post_act": null, "time_cond_proj_dim": null,
        "conv_in_kernel": 3, "conv_out_kernel": 3
      }
      """;

  private static final ConfigBinding<UNet2DConditionConfig> DIFFUSERS =
      new ConfigBinding<>(
          UNet2DConditionArchitecture.CLASS_NAME,
          new UNet2DConditionConfig(
              null,
              4,
              4,
              false,
              true,
              0,
              List.of(
                  DownBlock.CROSS_ATTENTION,
                  DownBlock.CROSS_ATTENTION,
                  DownBlock.CROSS_ATTENTION,
                  DownBlock.PLAIN),
              MidBlock.CROSS_ATTENTION,
              List.of(
                  UpBlock.PLAIN,
                  UpBlock.CROSS_ATTENTION,
                  UpBlock.CROSS_ATTENTION,
                  UpBlock.CROSS_ATTENTION),
              List.of(320, 640, 1280, 1280),
              PerLevel.of(2),
              1,
              1,
              0,
              Activation.SILU,
              32,
              1e-5,
              PerLevel.of(1280),
              PerLevel.of(1),
              PerLevel.of(8),
              false,
              false,
              TimeNorm.DEFAULT,
              null),
          Json.parse(FIXED.getBytes(StandardCharsets.UTF_8), "the options with one value"));

  public UNet2DConditionConfig {
    downBlockTypes = List.copyOf(downBlockTypes);
    upBlockTypes = List.copyOf(upBlockTypes);
    blockOutChannels = List.copyOf(blockOutChannels);
    int levels = blockOutChannels.size();
    UNet2DChecks.requireLevels(levels, downBlockTypes.size(), upBlockTypes.size());
    List<String> problems = new ArrayList<>();
    UNet2DChecks.checkSize(problems, sampleSize, levels);
    UNet2DChecks.atLeastOne(problems, "in_channels", inChannels);
    UNet2DChecks.atLeastOne(problems, "out_channels", outChannels);
    UNet2DChecks.atLeastOne(problems, "time_embedding_dim", timeEmbeddingDim);
    UNet2DChecks.checkNorms(problems, blockOutChannels, normNumGroups, null, normEps);
    UNet2DChecks.checkNumbers(problems, downsamplePadding, dropout, midBlockScaleFactor);
    UNet2DChecks.checkFrequencies(problems, freqShift, blockOutChannels.get(0));
    boolean fit =
        UNet2DChecks.fits(problems, "layers_per_block", layersPerBlock, levels)
            & UNet2DChecks.fits(problems, "cross_attention_dim", crossAttentionDim, levels)
            & UNet2DChecks.fits(
                problems, "transformer_layers_per_block", transformerLayersPerBlock, levels)
            & UNet2DChecks.fits(problems, "attention_head_dim", attentionHeadDim, levels);
    if (fit) {
      if (!crossAttentionDim.isUniform()) {
        problems.add(
            "cross_attention_dim " + crossAttentionDim + " differs by level, expected one width");
      }
      for (int i = 0; i < levels; i++) {
        boolean used = attends(downBlockTypes, midBlockType, upBlockTypes, i);
        int width = blockOutChannels.get(i);
        if (used && width % attentionHeadDim.at(i) != 0) {
          problems.add(
              "attention_head_dim "
                  + attentionHeadDim.at(i)
                  + ", the number of heads, does not divide "
                  + Counted.of(width, "channels"));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new SettingException(String.join("; ", problems));
    }
    layersPerBlock = layersPerBlock.simplified();
    crossAttentionDim = crossAttentionDim.simplified();
    transformerLayersPerBlock = transformerLayersPerBlock.simplified();
    attentionHeadDim = attentionHeadDim.simplified();
  }

  private static boolean attends(List<DownBlock> down, MidBlock mid, List<UpBlock> up, int level) {
    int last = down.size() - 1;
    return down.get(level) == DownBlock.CROSS_ATTENTION
        || up.get(last - level) == UpBlock.CROSS_ATTENTION
        || level == last && mid == MidBlock.CROSS_ATTENTION;
  }

  /** Returns whether a level has attention on some way. */
  boolean attends(int level) {
    return attends(downBlockTypes, midBlockType, upBlockTypes, level);
  }

  @Override
  public UNet2DCondition build() {
    return new UNet2DCondition(this);
  }

  @Override
  public double leastWeights() {
    return LeastWeights.of(this);
  }

  /** E, the width of the time embedding. */
  public int timeEmbeddingWidth() {
    return timeEmbeddingDim == null ? 4 * blockOutChannels.get(0) : timeEmbeddingDim;
  }

  /** D, the width of a caption's states. */
  public int captionWidth() {
    return crossAttentionDim.at(0);
  }

  /** Captions of any number of tokens; a text encoder has a number of its own. */
  @Override
  public ConditioningSpec conditioning() {
    return ConditioningSpec.ofCaptions(captionWidth());
  }

  @Override
  public ImageShape shape() {
    return UNet2DChecks.shape(inChannels, outChannels, sampleSize);
  }

  /**
   * Refuses an architecture that can be evaluated but not trained.
   *
   * @throws SettingException if it has dropout
   */
  @Override
  public void requireTrainable() {
    UNet2DChecks.requireNoDropout(dropout);
  }

  /** As diffusers' {@code config.json}; options with diffusers' defaults may be left out. */
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
  public static UNet2DConditionConfig fromDiffusers(ObjectNode json, String where) {
    return DIFFUSERS.read(json, where);
  }
}
