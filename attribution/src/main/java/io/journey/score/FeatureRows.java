package io.journey.score;

import io.journey.features.FeatureStore;

/** Φ ∈ R^{N×k}, read in parts. */
public interface FeatureRows {
  /** N. */
  int size();

  /** k. */
  int dim();

  /** Reads {@code count} numbers of a row from {@code column} on into {@code out}. */
  void read(int row, int column, int count, float[] out, int offset);

  /** Returns where they are from, for messages: "The features in DIR". */
  default String name() {
    return "The features";
  }

  /** Returns {@code count} rows from {@code first} on. */
  default FeatureRows some(int first, int count) {
    FeatureRows all = this;
    return new FeatureRows() {
      @Override
      public int size() {
        return count;
      }

      @Override
      public int dim() {
        return all.dim();
      }

      @Override
      public String name() {
        return all.name();
      }

      @Override
      public void read(int row, int column, int length, float[] out, int offset) {
        all.read(first + row, column, length, out, offset);
      }
    };
  }

  /** Returns the features of one checkpoint in a store. */
  static FeatureRows of(FeatureStore features, String member) {
    int dim = features.dim(member);
    return new FeatureRows() {
      @Override
      public int size() {
        return features.size();
      }

      @Override
      public int dim() {
        return dim;
      }

      @Override
      public String name() {
        return "The features in " + features.manifest().directory();
      }

      @Override
      public void read(int row, int column, int count, float[] out, int offset) {
        features.read(member, row, column, count, out, offset);
      }
    };
  }
}
