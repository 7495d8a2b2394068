package io.journey.tensor;

/**
 * How many images go through a network together: the one place that says so. Sums round differently
 * in batches of other sizes, so a size depends on what is computed and on the kind of device, and
 * never on the machine.
 */
public final class BatchSizes {
  /** Pictures that are drawn together. */
  public static final int DRAWN = 20;

  /** Images that are embedded together. */
  public static final int EMBEDDED = 32;

  /**
   * Images that an autoencoder takes together. Latents are kept and must be the same in whatever
   * company they are computed, and one is nearly as fast.
   */
  public static final int AUTOENCODED = 1;

  /** Images of one pass of a classifier's training. */
  public static final int CLASSIFIED = 16;

  /** Noised images whose losses are taken together. */
  public static final int LOSSES = 128;

  /** Examples whose gradients a preconditioner is fitted to together. */
  public static final int FITTED = 16;

  /** Rows of a batch of gradients beyond which more of them make no row cheaper. */
  private static final int MAX_ROWS = 128;

  /**
   * Rows that a core needs to be busy, however much memory they take; of a model as wide as {@link
   * #MAX_NUMBERS}, such as Stable Diffusion's, one row is enough.
   */
  private static final int MIN_ROWS = 8;

  /**
   * Numbers in the widest layer's output of one batch of gradients. A batch leaves behind some
   * hundred times as many: about a gigabyte.
   */
  private static final int MAX_NUMBERS = 1 << 19;

  /** Features in the making take at most about this much on each worker. */
  private static final long FEATURE_BYTES = 64L << 20;

  private static final int MAX_FEATURES = 32;

  /** Rows of a pass on a GPU: enough to fill it. */
  private static final int GPU_ROWS = 128;

  /**
   * {@link #MAX_NUMBERS} of a GPU: those of 128 rows of the U-Net of CIFAR-10, of one of Stable
   * Diffusion's at 512 pixels.
   */
  private static final int GPU_NUMBERS = 1 << 24;

  /** Features in the making on a GPU take at most about this much for each worker. */
  private static final long GPU_FEATURE_BYTES = 1L << 30;

  private BatchSizes() {}

  /**
   * Returns how many noised images go through a model for the gradients of its layers.
   *
   * @param widest numbers in the widest layer's output of one image
   */
  public static int gradientRows(int widest) {
    if (!Libtorch.device().isCpu()) {
      return Math.max(1, Math.min(GPU_ROWS, GPU_NUMBERS / widest));
    }
    int fewest = widest > MAX_NUMBERS ? 1 : MIN_ROWS;
    return Math.max(fewest, Math.min(MAX_ROWS, MAX_NUMBERS / widest));
  }

  /**
   * Returns how many images of a training step go through a model in one pass.
   *
   * @param step the images of the step
   * @param pass those that cores take in one pass
   * @param widest numbers in the widest layer's output of one image
   */
  public static int training(int step, int pass, int widest) {
    return Libtorch.device().isCpu() ? pass : Math.min(step, gradientRows(widest));
  }

  /**
   * Returns how many examples' features a worker computes at once.
   *
   * @param numbers that are held of an example
   */
  public static int features(long numbers) {
    if (!Libtorch.device().isCpu()) {
      return (int) Math.max(1, Math.min(GPU_ROWS, GPU_FEATURE_BYTES / (8L * numbers)));
    }
    return (int) Math.max(1, Math.min(MAX_FEATURES, FEATURE_BYTES / (8L * numbers)));
  }

  /**
   * Returns how many examples' gradients are held at once where a preconditioner is fitted.
   *
   * @param numbers of an example's gradient
   */
  public static int fittedGradients(long numbers) {
    return Libtorch.device().isCpu() ? Math.min(FITTED, features(numbers)) : FITTED;
  }
}
