package io.journey.results.lds;

import io.journey.random.Seed;
import io.journey.run.SettingException;
import java.util.BitSet;

/**
 * Random subsets of a data set, all of one size, each drawn without replacement. Subset j depends
 * on the seed and j alone: more of them can be had later.
 *
 * @param examples N
 * @param fraction of the examples in each subset, 0 to 1
 * @param seed of what is drawn
 */
public record RandomSubsets(int examples, double fraction, long seed) implements Subsets {
  public RandomSubsets {
    if (!(fraction > 0) || !(fraction < 1) || size(examples, fraction) < 1) {
      throw new SettingException(
          "the fraction of a subset must leave some examples in and some out, got "
              + fraction
              + " of "
              + examples);
    }
  }

  private static int size(int examples, double fraction) {
    return Math.min(examples - 1, (int) Math.round(examples * fraction));
  }

  /** Returns how many examples each subset has. */
  public int size() {
    return size(examples, fraction);
  }

  @Override
  public BitSet subset(int j) {
    int[] order = Seed.of(seed).child("subsets").child(j).stream().permutation(examples);
    BitSet subset = new BitSet(examples);
    for (int i = 0; i < size(); i++) {
      subset.set(order[i]);
    }
    return subset;
  }
}
