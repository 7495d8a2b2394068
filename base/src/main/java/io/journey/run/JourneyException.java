package io.journey.run;

/**
 * Something a user can mend: a damaged or foreign file, settings that do not fit the data, a full
 * disk. The message is one sentence: what, where, found, expected, remedy. The command line prints
 * it and ends with status 2.
 */
public class JourneyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JourneyException(String message) {
    super(message);
  }

  public JourneyException(String message, Throwable cause) {
    super(message, cause);
  }
}
