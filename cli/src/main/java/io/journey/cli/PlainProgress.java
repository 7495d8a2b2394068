package io.journey.cli;

import io.journey.run.Counted;
import io.journey.run.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Progress as lines of text, for logs: one when a task has lasted two seconds, then at most one
 * every ten seconds, one at its end. Shorter tasks say nothing.
 */
final class PlainProgress implements Progress {
  private static final double FIRST_SECONDS = 2;
  private static final double EVERY_SECONDS = 10;

  private final PrintWriter out;
  private final LongSupplier nanos;
  private final Set<Line> open = ConcurrentHashMap.newKeySet();
  private Thread clock;

  PlainProgress(PrintWriter out) {
    this(out, System::nanoTime);
  }

  /** With another clock, for tests. */
  PlainProgress(PrintWriter out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
  }

  @Override
  public Task start(String task, long total, String unit) {
    Line line = new Line(task, total, unit);
    open.add(line);
    startClock();
    return line;
  }

  /** Units can take minutes: a thread of its own sees that a line comes nevertheless. */
  private synchronized void startClock() {
    if (clock == null) {
      clock = new Thread(this::tickWhileOpen, "journey-progress");
      clock.setDaemon(true);
      clock.start();
    }
  }

  private void tickWhileOpen() {
    try {
      do {
        Thread.sleep(1000);
        tick();
      } while (!endsWithoutTasks());
    } catch (InterruptedException e) {
      // Nobody interrupts it; were it so, lines still come as units are done.
    }
  }

  /** Without tasks the thread ends; the next task starts another. */
  private synchronized boolean endsWithoutTasks() {
    if (open.isEmpty()) {
      clock = null;
    }
    return clock == null;
  }

  /** Prints the lines that are due. */
  void tick() {
    open.forEach(Line::printIfDue);
  }

  /** "9 s", "1 min 05 s", "2 h 03 min". */
  static String duration(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    return s < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s % 3600 / 60);
  }

  /** "1790", "25.3", "0.42": three digits are enough to judge by. */
  static String rate(double perSecond) {
    int decimals = perSecond >= 100 ? 0 : perSecond >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", perSecond);
  }

  private final class Line implements Task {
    private final String task;
    private final long total;
    private final String unit;
    private final long start = nanos.getAsLong();
    private double lastPrinted = Double.NEGATIVE_INFINITY;
    private long done;
    private long before;

    Line(String task, long total, String unit) {
      this.task = task;
      this.total = total;
      this.unit = unit;
    }

    @Override
    public synchronized void advance(long units) {
      done += units;
      printIfDue();
    }

    @Override
    public synchronized void skip(long units) {
      before += units;
      advance(units);
    }

    private double seconds() {
      return (nanos.getAsLong() - start) * 1e-9;
    }

    synchronized void printIfDue() {
      double now = seconds();
      if (now < FIRST_SECONDS || now - lastPrinted < EVERY_SECONDS || !open.contains(this)) {
        return;
      }
      lastPrinted = now;
      StringBuilder text = new StringBuilder(task + ": " + done + " of " + Counted.of(total, unit));
      long own = done - before;
      if (own > 0) {
        text.append(", ").append(rate(own / now)).append("/s");
      }
      if (own > 0 && done < total) {
        text.append(", ").append(duration(now * (total - done) / own)).append(" left");
      }
      out.println(text);
    }

    @Override
    public synchronized void close() {
      double now = seconds();
      if (open.remove(this) && now >= FIRST_SECONDS) {
        String amount =
            done == total ? Counted.of(done, unit) : done + " of " + Counted.of(total, unit);
        out.println(
            task
                + ": "
                + amount
                + " in "
                + duration(now)
                + " ("
                + rate((done - before) / now)
                + "/s)");
      }
    }
  }
}
