package io.journey.encoding;

import io.journey.run.JourneyException;
import io.journey.run.Resource;
import io.journey.text.TextEncoder;
import java.nio.file.Path;

/**
 * Where a text encoder is, and which one was found there.
 *
 * @param path absolute, as {@link TextEncoder#open} takes it
 * @param fingerprint of what was found
 */
record TextEncoderPlace(String path, String fingerprint) implements Resource<TextEncoder> {
  @Override
  public String key() {
    return "text encoder " + fingerprint;
  }

  @Override
  public TextEncoder open() {
    TextEncoder encoder = TextEncoder.open(Path.of(path));
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
