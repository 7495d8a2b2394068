package io.journey.score;

/** Φ ∈ R^{N×k}, read in parts. */
public interface FeatureRows {
  /** N. */
  int size();

  /** k. */
  int dim();

  /** Reads {@code count} numbers of a row from {@code column} on into {@code out}. */
  void read(int row, int column, int count, float[] out, int offset);
}
