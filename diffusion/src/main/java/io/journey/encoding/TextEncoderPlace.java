package io.journey.encoding;

import io.journey.model.LoraSpec;
import io.journey.run.JourneyException;
import io.journey.run.Resource;
import io.journey.text.TextEncoder;
import java.nio.file.Path;

/**
 * Where a text encoder is, and which one was found there.
 *
 * @param path absolute, as {@link TextEncoder#open} takes it
 * @param lora what is added to its weights, as {@link LoraSpec#parse} takes it; null: nothing
 * @param fingerprint of what was found
 */
record TextEncoderPlace(String path, String lora, String fingerprint)
    implements Resource<TextEncoder> {
  @Override
  public String key() {
    return "text encoder " + fingerprint;
  }

  /** Returns what is added to its weights, or null. */
  LoraSpec loraSpec() {
    return lora == null ? null : LoraSpec.parse(lora);
  }

  @Override
  public TextEncoder open() {
    TextEncoder encoder = new Encoders(null, Path.of(path), loraSpec()).text();
    if (!encoder.fingerprint().equals(fingerprint)) {
      encoder.close();
      throw new JourneyException(
          path
              + " holds another text encoder than where the work began: it must be the same"
              + " everywhere.");
    }
    return encoder;
  }
}
