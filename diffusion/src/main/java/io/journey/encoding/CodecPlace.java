package io.journey.encoding;

import io.journey.latent.Autoencoders;
import io.journey.latent.LatentCodec;
import io.journey.run.JourneyException;
import io.journey.run.Resource;
import java.nio.file.Path;

/**
 * Where an autoencoder is, and which one was found there.
 *
 * @param path absolute, as {@link Autoencoders#open} takes it
 * @param fingerprint of what was found
 */
record CodecPlace(String path, String fingerprint) implements Resource<LatentCodec> {
  @Override
  public String key() {
    return "codec " + fingerprint;
  }

  @Override
  public LatentCodec open() {
    LatentCodec codec = Autoencoders.open(Path.of(path));
    if (!codec.fingerprint().equals(fingerprint)) {
      codec.close();
      throw new JourneyException(
          path
              + " holds another autoencoder than where the work began: it must be the same"
              + " everywhere.");
    }
    return codec;
  }
}
