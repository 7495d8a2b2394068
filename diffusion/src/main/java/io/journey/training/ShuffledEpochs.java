package io.journey.training;

import io.journey.random.Seed;

/** An endless sequence of examples: all of them in a random order, then in another, and so on. */
public final class ShuffledEpochs {
  private final Seed seed;
  private final int size;
  private int epoch = -1;
  private int[] order;

  /**
   * @param seed decides every epoch's order
   * @param size how many examples there are
   */
  public ShuffledEpochs(Seed seed, int size) {
    this.seed = seed;
    this.size = size;
  }

  /**
   * Returns the example at a place of the sequence; fast where places rise. Not for many threads.
   */
  public int at(long position) {
    int wanted = Math.toIntExact(position / size);
    if (wanted != epoch) {
      epoch = wanted;
      order = seed.child(epoch).stream().permutation(size);
    }
    return order[(int) (position % size)];
  }
}
