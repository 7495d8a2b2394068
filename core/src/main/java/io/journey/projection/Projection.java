package io.journey.projection;

/**
 * A fixed linear map P from R^p to R^k. The same gradient gives the same feature whatever it is
 * grouped with. Safe for many threads.
 */
public interface Projection {
  /** k, how many numbers a feature has. */
  int dim();

  /**
   * Projects a group of gradients: out[i] = Pᵀ·gradients[i].
   *
   * @param gradients each [p]
   * @param out each [k], overwritten
   */
  void project(float[][] gradients, float[][] out);
}
