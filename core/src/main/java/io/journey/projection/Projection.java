package io.journey.projection;

import io.journey.gradient.Factors;
import io.journey.nn.Parameter;
import org.bytedeco.pytorch.Tensor;

/**
 * A fixed linear map P from R^p to R^k. The same gradient gives the same feature whatever it is
 * grouped with. Safe for many threads until it is closed.
 */
public interface Projection extends AutoCloseable {
  /** k, how many numbers a feature has. */
  int dim();

  /**
   * Adds the share that a part of some gradients has in their features: sums[i] += P_part
   * ᵀ·parts[i], where P_part are the rows of P from {@code offset} on. A feature is the sum of the
   * shares of all parts.
   *
   * @param offset the place of the part in a gradient
   * @param parts of gradient after gradient, [N, n]
   * @param sums added to, float32 [N, k]
   */
  void add(int offset, Tensor parts, Tensor sums);

  /**
   * Whether a weight's part of a gradient is to come between two factors, [l·r] numbers in place of
   * the weight's own.
   *
   * @return null: as it is
   */
  default Factors factors(Parameter weight) {
    return null;
  }

  /** Gives back native memory, where there is any. */
  @Override
  default void close() {}
}
