package io.journey.tensor;

import java.util.List;

/**
 * A numpy array of bytes in a pickle: where its numbers lie, row by row, not a copy. It comes into
 * being empty and is filled later, as a pickle does it.
 */
public final class PickledArray {
  private List<Long> shape = List.of(0L);
  private int offset;

  PickledArray() {}

  void fill(List<Long> newShape, int newOffset) {
    this.shape = newShape;
    this.offset = newOffset;
  }

  /** Its shape. */
  public List<Long> shape() {
    return shape;
  }

  /** Where in the pickle its first number lies. */
  public int offset() {
    return offset;
  }
}
