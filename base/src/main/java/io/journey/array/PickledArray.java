package io.journey.array;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A numpy array of bytes in a pickle: where its numbers lie, row by row, not a copy. It comes into
 * being empty and is filled later, as a pickle does it.
 */
public final class PickledArray {
  private List<Long> shape = List.of(0L);
  private PickledBytes numbers = new PickledBytes(PickledBytes.Form.PLAIN, 0, 0);

  PickledArray() {}

  void fill(List<Long> newShape, PickledBytes newNumbers) {
    this.shape = newShape;
    this.numbers = newNumbers;
  }

  /** Its shape. */
  public List<Long> shape() {
    return shape;
  }

  /** Returns where in the pickle its first number lies, -1 if they are written there as a text. */
  public int offset() {
    return numbers.offset();
  }

  /** Returns a copy of its numbers. */
  public byte[] numbers(ByteBuffer pickle) {
    return numbers.copy(pickle);
  }
}
