package io.journey.run;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Runs numbered units of work on worker threads, one per core by default. Units start in order;
 * which thread takes which must not matter to the result.
 */
public final class Workers {
  private final int threads;
  private final Runnable threadStart;

  /**
   * @param threads how many units run at once, at least 1
   * @param threadStart runs first on every worker thread
   */
  public Workers(int threads, Runnable threadStart) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got " + threads);
    }
    this.threads = threads;
    this.threadStart = threadStart;
  }

  /** How many units run at once. */
  public int threads() {
    return threads;
  }

  /**
   * Runs {@code body} for 0..units-1 and waits for all. After a failure no further unit starts, and
   * once the units under way have ended the first failure is thrown.
   */
  public void forEach(int units, IntConsumer body) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable loop =
        () -> {
          try {
            threadStart.run();
            for (int i = next.getAndIncrement();
                i < units && failure.get() == null;
                i = next.getAndIncrement()) {
              body.accept(i);
            }
          } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
          }
        };
    int count = Math.min(threads, units);
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, count), Workers::thread);
    for (int i = 0; i < count; i++) {
      pool.execute(loop);
    }
    pool.shutdown();
    await(pool, failure);
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    }
    if (failure.get() instanceof Error e) {
      throw e;
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "journey-worker");
    thread.setDaemon(true);
    return thread;
  }

  /** Waits for the end; an interruption stops the work after the units under way. */
  private static void await(ExecutorService pool, AtomicReference<Throwable> failure) {
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        pool.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
        failure.compareAndSet(
            null,
            new JourneyException("Interrupted: start the same command again to continue.", e));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
