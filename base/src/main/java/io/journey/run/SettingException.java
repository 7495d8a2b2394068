package io.journey.run;

/**
 * A setting that cannot be used. The message is a sentence without its full stop that names the
 * setting as a user writes it, what it may be and what was given. Any other {@link
 * IllegalArgumentException} is a defect of the program that called.
 */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Takes the sentence. */
  public SettingException(String message) {
    super(message);
  }

  /** Takes the sentence and what was caught. */
  public SettingException(String message, Throwable cause) {
    super(message, cause);
  }
}
