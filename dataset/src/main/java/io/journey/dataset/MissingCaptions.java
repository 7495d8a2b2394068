package io.journey.dataset;

import io.journey.run.JourneyException;

/** Captions of a set are asked for, and none of its images has one. */
public final class MissingCaptions extends JourneyException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence that says where captions are looked for
   */
  public MissingCaptions(String message) {
    super(message);
  }
}
