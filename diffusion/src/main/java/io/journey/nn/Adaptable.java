package io.journey.nn;

/** A layer whose weight may be changed by a {@link LowRankPair}. */
public interface Adaptable extends TrackedLayer {
  /** What ends the name of the pair's first layer, as peft calls it. */
  String DOWN = ".lora_A";

  /** What ends the name of its second. */
  String UP = ".lora_B";

  /**
   * Announces a pair, whose output is added to that of this layer from now on.
   *
   * @param rank r, how many numbers the first layer leaves
   * @param scale what the pair's output is multiplied by
   */
  void adapt(Parameters parameters, int rank, double scale);

  /** Returns the pair, or null where there is none. */
  LowRankPair<?> pair();
}
