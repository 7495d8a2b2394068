package io.journey.evaluation;

import io.journey.dataset.ImageShape;
import io.journey.latent.LatentCodec;
import java.util.Arrays;

/** Decodes a latent of one number z to the two pixels −z and 1. */
public final class OppositeCodec implements LatentCodec {
  @Override
  public String name() {
    return "opposite";
  }

  @Override
  public String fingerprint() {
    return "0";
  }

  @Override
  public int scale() {
    return 1;
  }

  @Override
  public ImageShape latentShape(ImageShape image) {
    return new ImageShape(1, 1, 1);
  }

  @Override
  public ImageShape imageShape(ImageShape latent) {
    return new ImageShape(1, 1, 2);
  }

  @Override
  public float[][] encode(float[][] images, ImageShape shape) {
    throw new AssertionError("nothing is encoded");
  }

  @Override
  public float[][] decode(float[][] latents, ImageShape shape) {
    return Arrays.stream(latents).map(z -> new float[] {-z[0], 1}).toArray(float[][]::new);
  }

  @Override
  public void close() {}
}
