package io.journey.cli;

import io.journey.run.Progress;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Progress on standard error: bars where that is a terminal, lines of text elsewhere. */
final class ConsoleProgress implements Progress {
  /** Set by the launcher, which can tell: whether standard error is a terminal. */
  private static final String TERMINAL = "journey.terminal";

  /** The tasks on display, of all instances. */
  private static final Set<Task> OPEN = ConcurrentHashMap.newKeySet();

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
    Task shown = display.start(task, total, unit);
    OPEN.add(shown);
    return new Task() {
      @Override
      public void advance(long units) {
        shown.advance(units);
      }

      @Override
      public void skip(long units) {
        shown.skip(units);
      }

      @Override
      public void close() {
        if (OPEN.remove(shown)) {
          shown.close();
        }
      }
    };
  }

  /** Ends every display where it stands, so that what is told next begins on a line of its own. */
  static void closeAll() {
    for (Task task : OPEN) {
      if (OPEN.remove(task)) {
        task.close();
      }
    }
  }
}
