package io.journey.explorer;

import io.journey.score.Refinement;
import io.journey.score.Refinement.RefinedScores;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** A question that is being answered. One thread answers it, another tells what is answered. */
final class Asked {
  /** An answer to be told; the last has none. */
  record Event(int step, RefinedScores scores, double milliseconds) {}

  private final String client;
  private final boolean patient;
  private final Deque<Work> work = new ArrayDeque<>();
  private final long start = System.nanoTime();
  private final Deque<Event> events = new ArrayDeque<>();
  private boolean ended;
  private Throwable failure;
  private volatile boolean cancelled;

  /** One refinement of the work, at a step. */
  record Work(int step, Refinement refinement) {}

  /**
   * @param patient whether it waits until nobody else does
   */
  Asked(String client, boolean patient, Iterable<Work> work) {
    this.client = client;
    this.patient = patient;
    work.forEach(this.work::add);
  }

  String client() {
    return client;
  }

  boolean isPatient() {
    return patient;
  }

  /** Ends the answer as soon as possible. */
  void cancel() {
    cancelled = true;
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Does a round of the work; false when there is no more. Called by one thread at a time. */
  boolean advance() {
    Work turn = work.peek();
    if (turn == null || cancelled) {
      end(null);
      return false;
    }
    try {
      if (turn.refinement().advance(this::isCancelled)) {
        tell(turn);
      }
      if (turn.refinement().isFinished()) {
        work.remove();
      }
    } catch (RuntimeException | Error e) {
      end(e);
      return false;
    }
    if (work.isEmpty()) {
      end(null);
    }
    return !work.isEmpty();
  }

  private synchronized void tell(Work turn) {
    // Who is slow to read hears the latest answer at a step alone.
    events.removeIf(event -> event.step() == turn.step());
    events.add(
        new Event(turn.step(), turn.refinement().answer(), (System.nanoTime() - start) * 1e-6));
    notifyAll();
  }

  private synchronized void end(Throwable reason) {
    ended = true;
    failure = reason;
    notifyAll();
  }

  /**
   * Waits for an answer.
   *
   * @return null if there was none in this time, or none is to come
   */
  synchronized Event next(long milliseconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
    while (events.isEmpty() && !ended) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return null;
      }
      wait(left);
    }
    return events.poll();
  }

  /** Returns whether all was told. */
  synchronized boolean isOver() {
    return ended && events.isEmpty();
  }

  /** Returns why the answer ended early; null where it did not. */
  synchronized Throwable failure() {
    return failure;
  }
}
