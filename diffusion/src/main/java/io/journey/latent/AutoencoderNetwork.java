package io.journey.latent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import org.bytedeco.pytorch.Tensor;

/** The layers of an autoencoder. Symbols as in the package's description. */
interface AutoencoderNetwork extends Module {
  /**
   * What the encoder gives.
   *
   * @param mean m, (B, L, H/s, W/s)
   * @param deviation of the posterior, (B, L, H/s, W/s); null where the encoder gives a number, not
   *     a distribution
   */
  record Encoded(Tensor mean, Tensor deviation) {}

  /** Returns the configuration: {@code _class_name} and all options. */
  ObjectNode toDiffusers();

  /** Returns the weights. */
  Parameters parameters();

  /** C. */
  int imageChannels();

  /** L. */
  int latentChannels();

  /** s. */
  int scale();

  /** Returns what latents are multiplied by. */
  double scalingFactor();

  /** Returns what is taken from them before. */
  double shiftFactor();

  /** (B, C, H, W) in [-1, 1] -> (B, L, H/s, W/s), neither shifted nor scaled */
  Encoded encode(Tensor images);

  /** (B, L, H/s, W/s), neither shifted nor scaled -> (B, C, H, W) */
  Tensor decode(Tensor latents);

  @Override
  default String name() {
    return "";
  }
}
