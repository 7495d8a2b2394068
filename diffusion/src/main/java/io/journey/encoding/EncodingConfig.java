package io.journey.encoding;

import io.journey.run.SettingException;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * How an encoding is laid out.
 *
 * @param latentRows images in one file; what is lost of a file when a run is interrupted
 * @param stateRows captions in one file
 */
@RecordBuilder
public record EncodingConfig(int latentRows, int stateRows) implements EncodingConfigBuilder.With {
  public EncodingConfig {
    requirePositive("encoding.latentRows", latentRows);
    requirePositive("encoding.stateRows", stateRows);
  }

  /** Returns files of 64 images and 256 captions: half a megabyte and 30 MB of Stable Diffusion. */
  public static EncodingConfig defaults() {
    return new EncodingConfig(64, 256);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new SettingException(name + " must be at least 1, got " + value);
    }
  }
}
