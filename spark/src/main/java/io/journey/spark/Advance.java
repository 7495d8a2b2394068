package io.journey.spark;

import io.journey.run.Progress;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/**
 * Tells the advance of tasks that other processes do: what executors report of those under way, and
 * the whole size of those that are done. It never goes back; work that a dead executor takes with
 * it is told once.
 */
final class Advance extends SparkListener {
  private final long accumulator;
  private final Progress.Task progress;
  private final Map<Long, Long> underWay = new HashMap<>(); // by Spark's number of the attempt
  private long done;
  private long told;

  /**
   * @param accumulator the number of the one that executors count in
   */
  Advance(long accumulator, Progress.Task progress) {
    this.accumulator = accumulator;
    this.progress = progress;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task ->
                CollectionConverters.asJava(task._4())
                    .forEach(
                        counted -> {
                          if (counted.id() == accumulator) {
                            OptionConverters.toJava(counted.update())
                                .ifPresent(value -> counts((Long) task._1(), (Long) value));
                          }
                        }));
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    synchronized (this) {
      underWay.remove(end.taskInfo().taskId());
    }
  }

  private synchronized void counts(long attempt, long units) {
    underWay.put(attempt, units);
    tell();
  }

  /** A task is done. */
  synchronized void finished(long size) {
    done += size;
    tell();
  }

  private void tell() {
    long now = done + underWay.values().stream().mapToLong(Long::longValue).sum();
    if (now > told) {
      progress.advance(now - told);
      told = now;
    }
  }
}
