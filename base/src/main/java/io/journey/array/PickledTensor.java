package io.journey.array;

import java.util.List;

/**
 * A tensor as a pickle of {@code torch.save} describes it: a view into a storage.
 *
 * @param storage the numbers it looks at
 * @param dtype its number type
 * @param offset of its first number in the storage, counted in numbers
 * @param shape its shape
 * @param strides how far apart neighbours are along each dimension, in numbers
 */
record PickledTensor(
    Storage storage, DType dtype, long offset, List<Long> shape, List<Long> strides) {

  /**
   * Numbers side by side in an entry of the file.
   *
   * @param dtype their type; null where they are only bytes
   * @param key the entry's name below {@code data/}
   * @param numel how many numbers (bytes, where they are only bytes)
   */
  record Storage(DType dtype, String key, long numel) {
    long bytes() {
      return Math.multiplyExact(numel, dtype == null ? 1 : dtype.bytes());
    }
  }

  /** Returns how many numbers it has. */
  long numel() {
    long n = 1;
    for (long dim : shape) {
      n = Math.multiplyExact(n, dim);
    }
    return n;
  }

  /** Returns how many numbers of the storage it spans from its first to its last. */
  long span() {
    long last = 0;
    for (int d = 0; d < shape.size(); d++) {
      if (shape.get(d) == 0) {
        return 0;
      }
      last = Math.addExact(last, Math.multiplyExact(shape.get(d) - 1, strides.get(d)));
    }
    return last + 1;
  }

  /** Returns whether its numbers lie side by side in C order. */
  boolean isContiguous() {
    long expected = 1;
    for (int d = shape.size() - 1; d >= 0; d--) {
      if (shape.get(d) != 1 && strides.get(d) != expected) {
        return false;
      }
      expected *= shape.get(d);
    }
    return true;
  }

  /** Returns whether the view lies inside its storage; sizes that overflow do not. */
  boolean fits() {
    try {
      boolean signs =
          offset >= 0
              && shape.size() == strides.size()
              && shape.stream().allMatch(n -> n >= 0)
              && strides.stream().allMatch(n -> n >= 0);
      long available = signs ? storage.bytes() / dtype.bytes() : -1;
      return signs && numel() >= 0 && Math.addExact(offset, span()) <= available;
    } catch (ArithmeticException e) {
      return false;
    }
  }
}
