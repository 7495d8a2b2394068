package io.journey.dataset;

import io.journey.run.JourneyException;

/** One image of a set cannot be read, whenever and wherever it is tried; the others may be good. */
public final class UnreadableImage extends JourneyException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one sentence that names the image
   */
  public UnreadableImage(String message) {
    super(message);
  }

  /**
   * @param message one sentence that names the image
   * @param cause why it cannot be read
   */
  public UnreadableImage(String message, Throwable cause) {
    super(message, cause);
  }
}
