package io.journey.score;

import io.journey.features.FeatureStore;
import io.journey.tensor.Libtorch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Φ ∈ R^{N×k}, read in parts. */
public interface FeatureRows {
  /** N. */
  int size();

  /** k. */
  int dim();

  /** Reads {@code count} numbers of a row from {@code column} on into {@code out}. */
  void read(int row, int column, int count, float[] out, int offset);

  /**
   * Rows that lie beside each other in memory.
   *
   * @param numbers of any type, [rows, k]; not to be changed
   * @param scales what each row is multiplied by, [rows]; null: nothing
   */
  record Block(Tensor numbers, float[] scales) {
    /** Returns how many rows there are. */
    int count() {
      return Math.toIntExact(numbers.size(0));
    }

    float scale(int row) {
      return scales == null ? 1 : scales[row];
    }
  }

  /**
   * Returns some rows, without a copy where that is possible.
   *
   * @param first the first of them
   * @param most how many at most; one at least is returned
   * @return in the caller's scope
   */
  default Block block(int first, int most) {
    float[] row = new float[dim()];
    read(first, 0, row.length, row, 0);
    return new Block(Libtorch.of(row, ScalarType.Float, 1, row.length).cpu(), null);
  }

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

      @Override
      public Block block(int first, int most) {
        FeatureStore.Stored stored = features.stored(member, first, most);
        return stored == null
            ? FeatureRows.super.block(first, most)
            : new Block(stored.numbers(), stored.scales());
      }
    };
  }
}
