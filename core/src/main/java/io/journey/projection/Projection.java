package io.journey.projection;

/**
 * A fixed linear map P from R^p to R^k. The same gradient gives the same feature whatever it is
 * grouped with. Safe for many threads.
 */
public interface Projection {
  /** k, how many numbers a feature has. */
  int dim();

  /**
   * Adds the share that a part of some gradients has in their features: sums[i] += P_part
   * ᵀ·parts[i], where P_part are the rows of P from {@code offset} on. A feature is the sum of the
   * shares of all parts.
   *
   * @param offset the place of the part in a gradient
   * @param length its numbers
   * @param parts of gradient after gradient, [N·length]
   * @param sums each [k]
   * @param first where in {@code sums} the first gradient's is
   */
  void add(int offset, int length, float[] parts, double[][] sums, int first);
}
