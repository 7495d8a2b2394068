package io.journey.run;

/** What numbers are computed on. */
@FunctionalInterface
public interface Compute {
  /** What Java alone computes. */
  Compute JAVA = () -> {};

  /** Prepares the calling thread. Every thread that works for a stage calls it first. */
  void prepareThread();
}
