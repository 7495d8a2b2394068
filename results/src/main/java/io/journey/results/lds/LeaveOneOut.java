package io.journey.results.lds;

import java.util.BitSet;

/**
 * Subset j is the whole data set without example j. What models do that were trained on them is,
 * but for a constant, what each example does to first order: no estimator of that order can know
 * more of the same training seed.
 *
 * @param examples N
 */
public record LeaveOneOut(int examples) implements Subsets {
  @Override
  public BitSet subset(int j) {
    BitSet subset = new BitSet(examples);
    subset.set(0, examples);
    subset.clear(j);
    return subset;
  }
}
