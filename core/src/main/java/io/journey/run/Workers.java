package io.journey.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
   * the first failure is thrown.
   */
  public void forEach(int units, IntConsumer body) {
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean failed = new AtomicBoolean();
    Runnable loop =
        () -> {
          threadStart.run();
          for (int i = next.getAndIncrement();
              i < units && !failed.get();
              i = next.getAndIncrement()) {
            try {
              body.accept(i);
            } catch (RuntimeException | Error e) {
              failed.set(true);
              throw e;
            }
          }
        };
    int count = Math.min(threads, units);
    ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.max(1, count),
            task -> {
              Thread thread = new Thread(task, "journey-worker");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        futures.add(pool.submit(loop));
      }
      Throwable first = null;
      for (Future<?> future : futures) {
        try {
          future.get();
        } catch (ExecutionException e) {
          first = first == null ? e.getCause() : first;
        }
      }
      if (first instanceof RuntimeException e) {
        throw e;
      }
      if (first instanceof Error e) {
        throw e;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JourneyException("Interrupted: start the same command again to continue.", e);
    } finally {
      pool.shutdownNow();
    }
  }
}
