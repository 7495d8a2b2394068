package io.journey.explorer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Answers the questions of all pages, on one thread that has the workers to itself: a round of one,
 * then a round of the next, so that nobody waits for another's last draw. Those that are patient
 * have their turn when nobody else waits.
 */
final class Answers implements AutoCloseable {
  /** Questions that are open at once; each has some megabytes. */
  private static final int MOST = 16;

  private final Deque<Asked> fresh = new ArrayDeque<>();
  private final Deque<Asked> begun = new ArrayDeque<>();
  private final Deque<Asked> patient = new ArrayDeque<>();
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
    open.addAll(patient);
    if (turn != null) {
      open.add(turn);
    }
    open.stream().filter(o -> o.client().equals(question.client())).forEach(Asked::cancel);
    fresh.removeIf(Asked::isCancelled);
    begun.removeIf(Asked::isCancelled);
    patient.removeIf(Asked::isCancelled);
    if (fresh.size() + begun.size() + patient.size() >= MOST) {
      throw new Refused(503, "Too many questions at once: ask again in a moment.");
    }
    (question.isPatient() ? patient : fresh).add(question);
    notifyAll();
  }

  private void work() {
    for (Asked next = take(); next != null; next = take()) {
      boolean more = next.advance();
      synchronized (this) {
        turn = null;
        if (more) {
          (next.isPatient() ? patient : begun).add(next);
        }
        notifyAll();
      }
    }
  }

  /** Waits until nobody waits for an answer, or only who is patient. */
  synchronized void awaitIdle() throws InterruptedException {
    while (!closed && !(fresh.isEmpty() && begun.isEmpty() && (turn == null || turn.isPatient()))) {
      wait();
    }
  }

  private synchronized Asked take() {
    while (!closed && fresh.isEmpty() && begun.isEmpty() && patient.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        return null;
      }
    }
    // Who has no answer yet comes first.
    Deque<Asked> next = !fresh.isEmpty() ? fresh : !begun.isEmpty() ? begun : patient;
    turn = closed ? null : next.poll();
    return turn;
  }

  /** Ends all questions, and waits for the round under way. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      fresh.forEach(Asked::cancel);
      begun.forEach(Asked::cancel);
      patient.forEach(Asked::cancel);
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
