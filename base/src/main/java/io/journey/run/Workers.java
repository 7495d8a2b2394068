package io.journey.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Runs numbered units of work on worker threads, one per core by default. Units start in order;
 * which thread takes which must not matter to the result. Its threads wait for further work until
 * it is closed.
 */
public final class Workers implements AutoCloseable {
  private final int threads;
  private final Compute compute;
  private final Deque<WorkerThread> idle = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param threads how many units run at once, at least 1
   * @param compute prepares every worker thread
   */
  public Workers(int threads, Compute compute) {
    if (threads < 1) {
      throw new SettingException("threads must be at least 1, got " + threads);
    }
    this.threads = threads;
    this.compute = compute;
  }

  /** How many units run at once. */
  public int threads() {
    return threads;
  }

  /** A unit of work with parts that idle workers can take. */
  public interface SharedUnit {
    /** Does a unit; {@code parts} may be used any number of times meanwhile. */
    void accept(int unit, Parts parts);
  }

  /** Runs the parts of a unit. */
  public interface Parts {
    /** The calling worker alone. */
    Parts ALONE = (count, body) -> IntStream.range(0, count).forEach(body);

    /**
     * Runs {@code body} for 0..count-1, on the calling worker and on those that are idle, and waits
     * for all. After a failure no further part starts, and the first failure is thrown.
     */
    void forEach(int count, IntConsumer body);
  }

  /**
   * Runs {@code body} for 0..units-1 and waits for all. After a failure no further unit starts, and
   * once the units under way have ended the first failure is thrown.
   */
  public void forEach(int units, IntConsumer body) {
    run(Math.min(threads, units), new Batch(units, body), () -> {});
  }

  /**
   * The same for units that have parts: a worker that finds no further unit helps with the parts of
   * those under way, so that a single unit, or the last one, occupies all threads too.
   */
  public void forEachShared(int units, SharedUnit body) {
    SharedParts parts = new SharedParts();
    Batch batch = new Batch(units, unit -> body.accept(unit, parts));
    run(threads, batch, () -> parts.help(batch));
  }

  /** A unit of work that ends with something that the units must do in their order. */
  public interface OrderedUnit {
    /** Does a unit, and takes its turn once at the end, or not at all. */
    void accept(int unit, Turn turn);
  }

  /** A unit's turn. */
  public interface Turn {
    /** Runs {@code body} once the units before have had their turns. */
    void take(Runnable body);
  }

  /**
   * The same for units whose last step depends on their order, such as a sum of what they computed.
   * Units under way wait for those before them; at most as many as there are threads.
   */
  public void forEachInOrder(int units, OrderedUnit body) {
    Turns turns = new Turns();
    forEach(
        units,
        unit -> {
          try {
            body.accept(unit, task -> turns.take(unit, task));
            turns.pass(unit);
          } catch (RuntimeException | Error e) {
            turns.fail(e);
            throw e;
          }
        });
  }

  /** Whose turn it is. */
  private static final class Turns {
    private int next;
    private Throwable failure;

    synchronized void take(int unit, Runnable task) {
      await(unit);
      task.run();
    }

    synchronized void pass(int unit) {
      await(unit);
      next++;
      notifyAll();
    }

    synchronized void fail(Throwable e) {
      failure = failure == null ? e : failure;
      notifyAll();
    }

    private void await(int unit) {
      awaitUntil(this, () -> next == unit || failure != null);
      Batch.rethrow(failure);
    }
  }

  /** Waits for something that its monitor's owners change; an interruption is kept for later. */
  private static void awaitUntil(Object monitor, BooleanSupplier happened) {
    boolean interrupted = false;
    synchronized (monitor) {
      while (!happened.getAsBoolean()) {
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(int count, Batch batch, Runnable afterwards) {
    Runnable worker =
        () -> {
          try {
            compute.prepareThread();
            batch.work();
          } catch (RuntimeException | Error e) {
            batch.fail(e);
          }
          afterwards.run();
        };
    List<WorkerThread> chosen = take(Math.max(1, count));
    CountDownLatch running = new CountDownLatch(chosen.size());
    chosen.forEach(thread -> thread.start(worker, running));
    await(running, batch);
    batch.rethrow();
  }

  /** Numbered work that several threads take from. */
  private static final class Batch {
    private final int count;
    private final IntConsumer body;
    private int next;
    private int running;
    private Throwable failure;

    Batch(int count, IntConsumer body) {
      this.count = count;
      this.body = body;
    }

    /** Does what nobody has taken yet. */
    void work() {
      for (int i = take(); i >= 0; i = take()) {
        try {
          body.accept(i);
        } catch (RuntimeException | Error e) {
          fail(e);
        } finally {
          release();
        }
      }
    }

    private synchronized int take() {
      if (next >= count || failure != null) {
        return -1;
      }
      running++;
      return next++;
    }

    private synchronized void release() {
      running--;
      notifyAll();
    }

    synchronized void fail(Throwable e) {
      failure = failure == null ? e : failure;
    }

    synchronized boolean ended() {
      return running == 0 && (next >= count || failure != null);
    }

    void await() {
      awaitUntil(this, this::ended);
    }

    synchronized void rethrow() {
      rethrow(failure);
    }

    static void rethrow(Throwable failure) {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
    }
  }

  /** The parts that workers without a unit of their own can take. */
  private static final class SharedParts implements Parts {
    private final Deque<Batch> open = new ArrayDeque<>();

    @Override
    public void forEach(int count, IntConsumer body) {
      Batch batch = new Batch(count, body);
      synchronized (this) {
        open.add(batch);
        notifyAll();
      }
      batch.work();
      remove(batch);
      batch.await();
      batch.rethrow();
    }

    private synchronized void remove(Batch batch) {
      open.remove(batch);
    }

    /** Takes parts until all units have ended. */
    void help(Batch units) {
      for (Batch batch = find(units); batch != null; batch = find(units)) {
        batch.work();
        remove(batch);
      }
    }

    private synchronized Batch find(Batch units) {
      notifyAll(); // A worker comes here when its units are done: the others may be waiting for it.
      while (open.isEmpty() && !units.ended()) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return null;
        }
      }
      return open.peek();
    }
  }

  /** Idle threads, and new ones where there are not enough; nobody else gets them. */
  private List<WorkerThread> take(int count) {
    List<WorkerThread> taken = new ArrayList<>();
    synchronized (idle) {
      if (closed) {
        throw new IllegalStateException("these workers were closed");
      }
      while (taken.size() < count && !idle.isEmpty()) {
        taken.add(idle.pop());
      }
    }
    while (taken.size() < count) {
      WorkerThread thread = new WorkerThread();
      thread.start();
      taken.add(thread);
    }
    return taken;
  }

  /** Ends the threads: those at work end after it. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(WorkerThread::end);
      idle.clear();
    }
  }

  /**
   * A thread that waits for further work when its own is done. Native memory is kept by the thread
   * that freed it: a fresh thread for every piece of work would hold as much again.
   */
  private final class WorkerThread extends Thread {
    private final BlockingQueue<Runnable> next = new ArrayBlockingQueue<>(1);
    private volatile boolean ended;

    private WorkerThread() {
      super("journey-worker");
      setDaemon(true);
    }

    /** Runs a task, which throws nothing, and is idle then. */
    void start(Runnable task, CountDownLatch end) {
      next.add(
          () -> {
            task.run();
            synchronized (idle) {
              ended |= closed;
              if (!ended) {
                idle.push(this);
              }
            }
            end.countDown();
          });
    }

    /** Ends the thread, which is idle. */
    void end() {
      ended = true;
      interrupt();
    }

    @Override
    public void run() {
      while (!ended) {
        try {
          next.take().run();
        } catch (InterruptedException e) {
          // Meant for work that has ended, or for the end.
        }
      }
    }
  }

  /** Waits for the end; an interruption stops the work after the units under way. */
  private static void await(CountDownLatch running, Batch batch) {
    boolean interrupted = false;
    while (running.getCount() > 0) {
      try {
        running.await();
      } catch (InterruptedException e) {
        interrupted = true;
        batch.fail(
            new JourneyException("Interrupted: start the same command again to continue.", e));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
