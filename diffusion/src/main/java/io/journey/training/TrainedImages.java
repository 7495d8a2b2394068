package io.journey.training;

import java.io.Serializable;
import java.util.BitSet;

/**
 * How much the images of a data set count in a training: a step's loss is Σ w·ℓ / Σ w over the
 * images of its batch. One of weight 0 is not met at all.
 *
 * @param kept those of weight 1 or ½; null: all
 * @param halved those of weight ½
 */
record TrainedImages(BitSet kept, BitSet halved) implements Serializable {
  private static final float[] HALF = {0.5f};

  TrainedImages {
    if (kept != null && halved.stream().anyMatch(i -> !kept.get(i))) {
      throw new IllegalArgumentException("an image that is left out cannot count half");
    }
  }

  /**
   * Images that count whole.
   *
   * @param kept null: all
   */
  static TrainedImages of(BitSet kept) {
    return new TrainedImages(kept, new BitSet());
  }

  /** Returns whether an image is met. */
  boolean has(int image) {
    return kept == null || kept.get(image);
  }

  /** Returns the weights of the one draw of an image; null where it counts whole. */
  float[] drawWeights(int image) {
    return halved.get(image) ? HALF.clone() : null;
  }
}
