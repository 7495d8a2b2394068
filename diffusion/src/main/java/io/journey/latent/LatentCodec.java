package io.journey.latent;

import io.journey.dataset.ImageShape;
import io.journey.run.JourneyException;

/**
 * Turns images into what a denoiser denoises, and back: an autoencoder, or nothing for models of
 * pixels. The latent of an image depends neither on the images beside it nor on threads. Safe for
 * many threads; takes no gradients; native memory is bounded by a few images' and held until it is
 * closed.
 */
public interface LatentCodec extends AutoCloseable {
  /** For models of pixels: a latent is the image. */
  LatentCodec IDENTITY = new PixelCodec();

  /** Returns its name, as a person should read it: "AutoencoderKL stable-diffusion-2-1". */
  String name();

  /** SHA-256 of everything that decides its numbers, in hexadecimal. */
  String fingerprint();

  /** Returns s, how many pixels of a row or column become one number of a latent; 1 for pixels. */
  int scale();

  /**
   * Returns the shape of the latents of images.
   *
   * @throws JourneyException if the sides are not divisible by s, or the channels are not as many
   *     as the codec takes
   */
  ImageShape latentShape(ImageShape image);

  /**
   * Returns the shape of the images that latents are decoded to.
   *
   * @throws JourneyException if the channels are not as many as the codec gives
   */
  ImageShape imageShape(ImageShape latent);

  /**
   * Encodes images on the calling thread; the same images give the same bytes.
   *
   * @param images each C·H·W numbers in [-1, 1], order C, H, W
   * @param shape of all of them
   * @return [images], each L·H/s·W/s numbers of about unit variance, order L, H/s, W/s
   * @throws JourneyException as {@link #latentShape} says
   */
  float[][] encode(float[][] images, ImageShape shape);

  /**
   * Decodes latents on the calling thread; the same latents give the same bytes.
   *
   * @param latents each L·H/s·W/s numbers, order L, H/s, W/s
   * @param shape of all of them
   * @return [latents], each C·H·W numbers of about [-1, 1], order C, H, W; not clipped
   * @throws JourneyException as {@link #imageShape} says
   */
  float[][] decode(float[][] latents, ImageShape shape);

  @Override
  void close();
}
