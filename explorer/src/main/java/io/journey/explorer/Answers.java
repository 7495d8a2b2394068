package io.journey.explorer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Answers the questions of all pages, on one thread that has the workers to itself: a round of one,
 * then a round of the next, so that nobody waits for another's last draw.
 */
final class Answers implements AutoCloseable {
  /** Questions that are open at once; each has some megabytes. */
  private static final int MOST = 16;

  private final Deque<Asked> fresh = new ArrayDeque<>();
  private final Deque<Asked> begun = new ArrayDeque<>();
  private final Thread thread = new Thread(this::work, "journey-answers");
  private Asked turn;
  private boolean closed;

  Answers() {
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Takes a question, and ends the one before of the same client.
   *
   * @throws Refused if too many are open
   */
  synchronized void ask(Asked question) {
    List<Asked> open = new ArrayList<>(fresh);
    open.addAll(begun);
    if (turn != null) {
      open.add(turn);
    }
    open.stream().filter(o -> o.client().equals(question.client())).forEach(Asked::cancel);
    fresh.removeIf(Asked::isCancelled);
    begun.removeIf(Asked::isCancelled);
    if (fresh.size() + begun.size() >= MOST) {
      throw new Refused(503, "Too many questions at once: ask again in a moment.");
    }
    fresh.add(question);
    notifyAll();
  }

  private void work() {
    for (Asked next = take(); next != null; next = take()) {
      boolean more = next.advance();
      synchronized (this) {
        turn = null;
        if (more) {
          begun.add(next);
        }
      }
    }
  }

  private synchronized Asked take() {
    while (!closed && fresh.isEmpty() && begun.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        return null;
      }
    }
    // Who has no answer yet comes first.
    turn = closed ? null : fresh.isEmpty() ? begun.poll() : fresh.poll();
    return turn;
  }

  /** Ends all questions, and waits for the round under way. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      fresh.forEach(Asked::cancel);
      begun.forEach(Asked::cancel);
      if (turn != null) {
        turn.cancel();
      }
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
