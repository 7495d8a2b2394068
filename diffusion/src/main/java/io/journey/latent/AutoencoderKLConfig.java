package io.journey.latent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.ConfigBinding;
import io.journey.model.UNet2DOptions.Size;
import io.journey.nn.Activation;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.List;

/**
 * The architecture of an {@link AutoencoderKL}, with the field names, order and defaults of
 * diffusers' {@code AutoencoderKL}. Levels are counted from the images; c_i channels at level i.
 *
 * @param inChannels C
 * @param outChannels C of decoded images; must be as many
 * @param downBlockTypes of each level
 * @param upBlockTypes of each level, from the latents to the images
 * @param blockOutChannels c_0 …
 * @param layersPerBlock residual blocks of a level of the encoder; the decoder has one more
 * @param actFn of residual blocks
 * @param latentChannels L
 * @param normNumGroups groups of every norm; divides every c_i
 * @param sampleSize of the images it was trained with; decides nothing
 * @param scalingFactor what latents are multiplied by, after the shift
 * @param shiftFactor what is taken from them; null: nothing
 * @param latentsMean must be null
 * @param latentsStd must be null
 * @param forceUpcast whether float16 is too small for it; decides nothing, all is float32
 * @param useQuantConv whether a 1×1 convolution follows the encoder
 * @param usePostQuantConv whether one stands before the decoder
 * @param midBlockAddAttention whether the middle of encoder and decoder have attention
 */
record AutoencoderKLConfig(
    int inChannels,
    int outChannels,
    List<DownBlock> downBlockTypes,
    List<UpBlock> upBlockTypes,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    Activation actFn,
    int latentChannels,
    int normNumGroups,
    Size sampleSize,
    double scalingFactor,
    Double shiftFactor,
    NullOnly latentsMean,
    NullOnly latentsStd,
    boolean forceUpcast,
    boolean useQuantConv,
    boolean usePostQuantConv,
    boolean midBlockAddAttention) {
  static final String CLASS_NAME = "AutoencoderKL";

  /** More levels would make a pixel of a latent of more pixels than an image can have. */
  private static final int MAX_LEVELS = 16;

  /** The blocks of a level of the encoder. */
  enum DownBlock {
    /** Residual blocks, then a convolution that halves. */
    @JsonProperty("DownEncoderBlock2D")
    PLAIN
  }

  /** The blocks of a level of the decoder. */
  enum UpBlock {
    /** Residual blocks, then a convolution that doubles. */
    @JsonProperty("UpDecoderBlock2D")
    PLAIN
  }

  private static final ConfigBinding<AutoencoderKLConfig> DIFFUSERS =
      new ConfigBinding<>(
          CLASS_NAME,
          new AutoencoderKLConfig(
              3,
              3,
              List.of(DownBlock.PLAIN),
              List.of(UpBlock.PLAIN),
              List.of(64),
              1,
              Activation.SILU,
              4,
              32,
              new Size(32, 32),
              0.18215,
              null,
              null,
              null,
              true,
              true,
              true,
              true));

  AutoencoderKLConfig {
    downBlockTypes = List.copyOf(downBlockTypes);
    upBlockTypes = List.copyOf(upBlockTypes);
    blockOutChannels = List.copyOf(blockOutChannels);
    int levels = blockOutChannels.size();
    if (levels == 0 || levels != downBlockTypes.size() || levels != upBlockTypes.size()) {
      throw new SettingException(
          "an autoencoder needs as many down_block_types and up_block_types as block_out_channels,"
              + " got "
              + downBlockTypes.size()
              + ", "
              + upBlockTypes.size()
              + " and "
              + levels);
    }
    List<String> problems = new ArrayList<>();
    if (levels > MAX_LEVELS) {
      problems.add("block_out_channels has " + levels + " levels, at most " + MAX_LEVELS + " are");
    }
    OptionChecks.atLeastOne(problems, "in_channels", inChannels);
    OptionChecks.atLeastOne(problems, "latent_channels", latentChannels);
    OptionChecks.atLeastOne(problems, "layers_per_block", layersPerBlock);
    OptionChecks.asMany(problems, inChannels, outChannels);
    OptionChecks.scaling(problems, scalingFactor, shiftFactor == null ? 0 : shiftFactor);
    for (int width : blockOutChannels) {
      if (width < 1 || normNumGroups < 1 || width % normNumGroups != 0) {
        problems.add(
            "norm_num_groups "
                + normNumGroups
                + " does not divide "
                + Counted.of(width, "channels"));
      }
    }
    if (!problems.isEmpty()) {
      throw new SettingException(String.join("; ", problems));
    }
  }

  /**
   * Reads diffusers' {@code config.json}.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is unknown, of the wrong type or not
   *     supported
   */
  static AutoencoderKLConfig fromDiffusers(ObjectNode json, String where) {
    return DIFFUSERS.read(json, where);
  }

  /** As diffusers' {@code config.json}, all options. */
  ObjectNode toDiffusers() {
    return DIFFUSERS.write(this, OptionChecks.names(getClass()));
  }

  /**
   * Returns a number of weights that the architecture has at least, without building it: the second
   * convolutions of residual blocks, the first of the encoder, the last of it.
   */
  double leastWeights() {
    double first = blockOutChannels.get(0);
    double last = blockOutChannels.get(blockOutChannels.size() - 1);
    double least = 9.0 * inChannels * first + 18.0 * latentChannels * last;
    for (double width : blockOutChannels) {
      least += 9 * (2.0 * layersPerBlock + 1) * width * width;
    }
    return least;
  }
}
