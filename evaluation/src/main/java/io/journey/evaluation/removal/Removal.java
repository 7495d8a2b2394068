package io.journey.evaluation.removal;

import java.util.BitSet;

/**
 * A set of training images that is removed.
 *
 * @param source who chose it, as in tables
 * @param target whom it was chosen for, or {@link #EVERY_TARGET}
 * @param k how many images
 * @param set its number among those of the same source and k
 * @param kept the images that are left, by index
 */
record Removal(String source, int target, int k, int set, BitSet kept) {
  /** The target of sets that were chosen without looking at any. */
  static final int EVERY_TARGET = -1;

  /** The source of random sets. */
  static final String RANDOM = "random";

  boolean concerns(int otherTarget) {
    return target == EVERY_TARGET || target == otherTarget;
  }
}
