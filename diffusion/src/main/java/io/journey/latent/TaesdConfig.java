package io.journey.latent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.ConfigBinding;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;

/**
 * The architecture of a {@code TAESD} of taesd's own code that diffusers does not have: that of
 * TAEF2, with the arguments of its constructor. It is an {@link AutoencoderTiny} but for a branch
 * in the blocks at the latents.
 *
 * @param latentChannels L
 * @param archVariant which branch
 */
record TaesdConfig(int latentChannels, ArchVariant archVariant) {
  static final String CLASS_NAME = "TAESD";

  /** Variants of the architecture. */
  enum ArchVariant {
    /** A normalised branch in the blocks at the latents, as FLUX.2's needs. */
    @JsonProperty("flux_2")
    FLUX_2
  }

  private static final ConfigBinding<TaesdConfig> BINDING =
      new ConfigBinding<>(CLASS_NAME, new TaesdConfig(32, ArchVariant.FLUX_2));

  TaesdConfig {
    if (latentChannels < 1) {
      throw new SettingException("latent_channels must be at least 1, got " + latentChannels);
    }
  }

  /**
   * Reads {@code config.json}, as an {@link Autoencoder} writes it.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is not supported
   */
  static TaesdConfig read(ObjectNode json, String where) {
    return BINDING.read(json, where);
  }

  ObjectNode toJson() {
    return BINDING.write(this, OptionChecks.names(getClass()));
  }
}
