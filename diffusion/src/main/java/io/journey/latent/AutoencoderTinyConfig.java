package io.journey.latent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.ConfigBinding;
import io.journey.nn.Activation;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The architecture of an {@link AutoencoderTiny}, with the field names, order and defaults of
 * diffusers' {@code AutoencoderTiny}.
 *
 * @param inChannels C
 * @param outChannels C of decoded images; must be as many
 * @param encoderBlockOutChannels of each level from the images on; all alike
 * @param decoderBlockOutChannels of each level from the latents on; all alike
 * @param actFn inside blocks; after them it is always a rectifier
 * @param upsampleFn how the decoder doubles
 * @param latentChannels L
 * @param upsamplingScalingFactor by how much; must be 2, as the encoder halves
 * @param numEncoderBlocks of each level
 * @param numDecoderBlocks of each level
 * @param latentMagnitude of latents kept as 8-bit pictures; decides nothing here
 * @param latentShift the same
 * @param forceUpcast decides nothing, all is float32
 * @param scalingFactor what latents are multiplied by, after the shift
 * @param shiftFactor what is taken from them
 * @param blockOutChannels a note of diffusers: those of the decoder; null where it is left out
 */
record AutoencoderTinyConfig(
    int inChannels,
    int outChannels,
    List<Integer> encoderBlockOutChannels,
    List<Integer> decoderBlockOutChannels,
    Activation actFn,
    Upsampling upsampleFn,
    int latentChannels,
    int upsamplingScalingFactor,
    List<Integer> numEncoderBlocks,
    List<Integer> numDecoderBlocks,
    double latentMagnitude,
    double latentShift,
    boolean forceUpcast,
    double scalingFactor,
    double shiftFactor,
    List<Integer> blockOutChannels) {
  static final String CLASS_NAME = "AutoencoderTiny";

  private static final int MAX_LEVELS = 16;

  /** How the decoder doubles. */
  enum Upsampling {
    /** Each number four times. */
    @JsonProperty("nearest")
    NEAREST
  }

  private static final ConfigBinding<AutoencoderTinyConfig> DIFFUSERS =
      new ConfigBinding<>(CLASS_NAME, taesd(4));

  AutoencoderTinyConfig {
    encoderBlockOutChannels = List.copyOf(encoderBlockOutChannels);
    decoderBlockOutChannels = List.copyOf(decoderBlockOutChannels);
    numEncoderBlocks = List.copyOf(numEncoderBlocks);
    numDecoderBlocks = List.copyOf(numDecoderBlocks);
    blockOutChannels = decoderBlockOutChannels;
    List<String> problems = new ArrayList<>();
    OptionChecks.atLeastOne(problems, "in_channels", inChannels);
    OptionChecks.atLeastOne(problems, "latent_channels", latentChannels);
    OptionChecks.asMany(problems, inChannels, outChannels);
    OptionChecks.scaling(problems, scalingFactor, shiftFactor);
    check(problems, "encoder", encoderBlockOutChannels, numEncoderBlocks);
    check(problems, "decoder", decoderBlockOutChannels, numDecoderBlocks);
    if (numEncoderBlocks.size() != numDecoderBlocks.size()) {
      problems.add(
          "num_encoder_blocks has "
              + numEncoderBlocks.size()
              + " levels and num_decoder_blocks "
              + numDecoderBlocks.size()
              + ", so that decoded images would have another size");
    }
    if (upsamplingScalingFactor != 2) {
      problems.add("upsampling_scaling_factor must be 2, got " + upsamplingScalingFactor);
    }
    if (!problems.isEmpty()) {
      throw new SettingException(String.join("; ", problems));
    }
  }

  private static void check(
      List<String> problems, String half, List<Integer> widths, List<Integer> blocks) {
    if (widths.isEmpty() || widths.size() > MAX_LEVELS || widths.size() != blocks.size()) {
      problems.add(
          half
              + "_block_out_channels and num_"
              + half
              + "_blocks need as many levels, 1 to "
              + MAX_LEVELS
              + ", got "
              + widths.size()
              + " and "
              + blocks.size());
      return;
    }
    if (widths.get(0) < 1 || Collections.frequency(widths, widths.get(0)) != widths.size()) {
      problems.add(half + "_block_out_channels must be all alike, got " + widths);
    }
    if (blocks.stream().anyMatch(n -> n < 0)) {
      problems.add("num_" + half + "_blocks must be at least 0, got " + blocks);
    }
  }

  /** Returns the architecture of TAESD, which is diffusers' default. */
  static AutoencoderTinyConfig taesd(int latentChannels) {
    List<Integer> widths = List.of(64, 64, 64, 64);
    return new AutoencoderTinyConfig(
        3,
        3,
        widths,
        widths,
        Activation.RELU,
        Upsampling.NEAREST,
        latentChannels,
        2,
        List.of(1, 3, 3, 3),
        List.of(3, 3, 3, 1),
        3,
        0.5,
        false,
        1,
        0,
        widths);
  }

  /**
   * Reads diffusers' {@code config.json}.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is unknown, of the wrong type or not
   *     supported
   */
  static AutoencoderTinyConfig fromDiffusers(ObjectNode json, String where) {
    return DIFFUSERS.read(json, where);
  }

  /** As diffusers' {@code config.json}, all options. */
  ObjectNode toDiffusers() {
    return DIFFUSERS.write(this, OptionChecks.names(getClass()));
  }

  /** Returns the number of weights of the blocks' convolutions. */
  double leastWeights() {
    return inBlocks(encoderBlockOutChannels, numEncoderBlocks)
        + inBlocks(decoderBlockOutChannels, numDecoderBlocks)
        + 9.0 * inChannels * encoderBlockOutChannels.get(0)
        + 18.0 * latentChannels;
  }

  private static double inBlocks(List<Integer> widths, List<Integer> blocks) {
    double weights = 0;
    for (int i = 0; i < widths.size(); i++) {
      weights += 27.0 * widths.get(i) * widths.get(i) * blocks.get(i);
    }
    return weights;
  }
}
