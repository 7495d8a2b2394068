package io.journey.latent;

import io.journey.dataset.ImageShape;
import io.journey.run.Checksums;
import java.nio.charset.StandardCharsets;

/** Leaves images as they are: of models of pixels. */
final class PixelCodec implements LatentCodec {
  private static final String NAME = "pixels";
  private static final String FINGERPRINT = Checksums.of(NAME.getBytes(StandardCharsets.US_ASCII));

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String fingerprint() {
    return FINGERPRINT;
  }

  @Override
  public int scale() {
    return 1;
  }

  @Override
  public ImageShape latentShape(ImageShape image) {
    return image;
  }

  @Override
  public ImageShape imageShape(ImageShape latent) {
    return latent;
  }

  /** Returns the arrays themselves. */
  @Override
  public float[][] encode(float[][] images, ImageShape shape) {
    return images;
  }

  /** Returns the arrays themselves. */
  @Override
  public float[][] decode(float[][] latents, ImageShape shape) {
    return latents;
  }

  @Override
  public void close() {}
}
