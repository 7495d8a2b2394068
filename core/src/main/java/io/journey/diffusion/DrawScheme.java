package io.journey.diffusion;

/** Which steps and noises a training image's loss is averaged over. */
public enum DrawScheme {
  /** Each image its own: t uniform, ε Gaussian. The paper's. */
  INDEPENDENT,
  /**
   * The same for all images, in pairs of ε and −ε, the pairs' t one in each of as many equal parts
   * of the steps. Each draw is distributed as before, so the average is of the same mean; but what
   * a noise does to all images alike cancels where images are compared.
   */
  SHARED
}
