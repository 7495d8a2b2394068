package io.journey.gradient;

import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;

/** Receives gradients weight by weight, so that whole gradients need not be held. */
@FunctionalInterface
public interface GradientSink {
  /**
   * Takes the gradients of a weight, to be added to what came before: images with many draws, and
   * weights used twice, hand over theirs in parts.
   *
   * @param image index into the list of images of the first one; the others follow it
   * @param gradient of those images; valid during the call
   */
  void accept(Parameter weight, int image, LayerGradient gradient);

  /**
   * Returns whether an image with many draws had better hand over its gradients once, summed, than
   * in parts: where what is done with them costs more than holding them.
   */
  default boolean wantsSums() {
    return false;
  }

  /** Returns whether the gradients of a weight are wanted at all; the work for others is spared. */
  default boolean wants(Parameter weight) {
    return true;
  }
}
