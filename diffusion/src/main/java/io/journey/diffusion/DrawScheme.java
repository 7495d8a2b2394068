package io.journey.diffusion;

/** The scheme of the draws (t, ε) that a training image's loss is averaged over. */
public enum DrawScheme {
  /** Each image its own: t uniform, ε Gaussian. The paper's. */
  INDEPENDENT,
  /**
   * The same for all images, in pairs of ε and −ε; the pairs' t one in each of as many equally
   * probable parts of the steps, steps as often as the images' gradients differ there, weighted so
   * that the mean is of the same expectation. What a noise does to all images alike then cancels
   * where images are compared.
   */
  SHARED
}
