package io.journey.dataset;

/** Opens data sets from what a user types. */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens a data set.
   *
   * @param spec {@code [kind:]path[?option=value&…]}
   * @throws io.journey.run.JourneyException if there is none, or it is damaged
   */
  public static Dataset open(String spec) {
    throw new UnsupportedOperationException(spec);
  }
}
