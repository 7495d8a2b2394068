package io.journey.run;

/** What numbers are computed on. */
@FunctionalInterface
public interface Compute {
  /** What Java alone computes. */
  Compute JAVA = () -> {};

  /** Prepares the calling thread. Every thread that works for a stage calls it first. */
  void prepareThread();

  /**
   * Returns the device and its libraries as a directory's record names them, or null for the
   * processor. Equal texts stand for equal bytes of a result.
   */
  default String device() {
    return null;
  }
}
