package io.journey.results.lds;

import java.util.BitSet;

/** Subsets of a data set, all of one size, on which models are trained. */
public sealed interface Subsets permits RandomSubsets, LeaveOneOut {
  /** Returns N, how many examples the data set has. */
  int examples();

  /** Returns subset j, which depends on no other. */
  BitSet subset(int j);
}
