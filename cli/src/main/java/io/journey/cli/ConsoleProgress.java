package io.journey.cli;

import io.journey.run.Progress;
import java.io.PrintWriter;

/** Progress on standard error: bars where that is a terminal, lines of text elsewhere. */
final class ConsoleProgress implements Progress {
  /** Set by the launcher, which can tell: whether standard error is a terminal. */
  private static final String TERMINAL = "journey.terminal";

  private final Progress display;

  ConsoleProgress(PrintWriter err) {
    // The bars' library is not even loaded where there are none.
    this.display = isTerminal() ? new BarProgress() : new PlainProgress(err);
  }

  private static boolean isTerminal() {
    String told = System.getProperty(TERMINAL);
    return told == null ? System.console() != null : told.equals("true");
  }

  @Override
  public Task start(String task, long total, String unit) {
    return display.start(task, total, unit);
  }
}
