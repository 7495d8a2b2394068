package io.journey.explorer;

/** A request that is answered by a status and one line. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  Refused(int status, String line) {
    super(line);
    this.status = status;
  }

  /** Returns the HTTP status. */
  int status() {
    return status;
  }
}
