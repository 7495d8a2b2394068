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

  /** Where they are from, for messages: "The features in DIR". */
  default String name() {
    return "The features";
  }

  /**
   * Every other column of these features.
   *
   * @param first 0: those of even places; 1: of odd ones
   */
  default FeatureRows alternate(int first) {
    FeatureRows whole = this;
    return new FeatureRows() {
      @Override
      public int size() {
        return whole.size();
      }

      @Override
      public int dim() {
        return (whole.dim() + 1 - first) / 2;
      }

      @Override
      public void read(int row, int column, int count, float[] out, int offset) {
        if (count == 0) {
          return;
        }
        float[] both = new float[2 * count - 1];
        whole.read(row, 2 * column + first, both.length, both, 0);
        for (int j = 0; j < count; j++) {
          out[offset + j] = both[2 * j];
        }
      }
    };
  }

  /** The features of one checkpoint in a store. */
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
