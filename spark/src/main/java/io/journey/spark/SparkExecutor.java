package io.journey.spark;

import io.journey.run.ClusterProcess;
import io.journey.run.Executor;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.Task;
import io.journey.run.WholeTask;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.util.LongAccumulator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Runs the tasks of a stage on a cluster, each as a task of Spark's. A task's files are taken over
 * into the stage's directory when it is done, one by one: a driver that dies loses none of them.
 */
final class SparkExecutor implements Executor {
  private final SparkContext spark;
  private final JavaSparkContext java;
  private final ClusterProcess process;
  private int lists;

  SparkExecutor(SparkContext spark, ClusterProcess process) {
    this.spark = spark;
    this.java = JavaSparkContext.fromSparkContext(spark);
    this.process = process;
  }

  @Override
  public void run(List<? extends Task> tasks, StageFiles files, Progress.Task progress) {
    List<Named> all = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      Task task = tasks.get(i);
      all.add(new Named(task, task.file().isEmpty() ? "task " + i : task.file()));
    }
    run(all, files, progress, task -> ((Task) task).size());
  }

  @Override
  public void runWhole(List<? extends WholeTask> tasks, StageFiles files) {
    List<Named> all = tasks.stream().map(task -> new Named(task, task.file())).toList();
    run(all, files, Progress.Task.SILENT, task -> 1);
  }

  /**
   * A task.
   *
   * @param name that no other of the list has
   */
  private record Named(Serializable task, String name) {}

  private synchronized void run(
      List<Named> tasks,
      StageFiles files,
      Progress.Task progress,
      ToLongFunction<Serializable> size) {
    Work work =
        new Work(
            spark.applicationId() + " " + lists++, new ArrayList<>(), new ArrayList<>(), process);
    for (Named task : tasks) {
      work.tasks().add(task.task());
      work.files().add(files.elsewhere(task.name()));
    }
    LongAccumulator counter = spark.longAccumulator();
    Advance advance = new Advance(counter.id(), progress);
    spark.addSparkListener(advance);
    Broadcast<Work> sent = java.broadcast(work);
    Taken taken = new Taken(tasks, files, advance, size, work.list());
    try {
      spark.setJobGroup(work.list(), "journey", false);
      List<Integer> numbers = IntStream.range(0, tasks.size()).boxed().toList();
      RDD<Integer> rdd = java.parallelize(numbers, tasks.size()).rdd();
      ClassTag<Outcome> tag = ClassTag$.MODULE$.apply(Outcome.class);
      spark.runJob(
          rdd,
          new DoTask(sent, counter),
          CollectionConverters.asScala(new ArrayList<Object>(numbers)).toSeq(),
          taken,
          tag);
    } catch (Exception e) { // Scala declares none, and throws Spark's all the same.
      throw failure(taken, e);
    } finally {
      spark.clearJobGroup();
      spark.removeSparkListener(advance);
      sent.destroy();
      // What tasks have written that did not come to their end: they go on from there.
      tasks.forEach(task -> files.takeOver(task.name()));
    }
    taken.rethrow();
  }

  private static RuntimeException failure(Taken taken, Exception e) {
    taken.rethrow();
    return new JourneyException(
        "A task failed on the cluster: "
            + SparkEngine.firstLine(e)
            + ". What is whole is kept: start the same command again to go on.",
        e);
  }

  /** Takes over what each task has written as soon as it is done. */
  private final class Taken extends AbstractFunction2<Object, Outcome, BoxedUnit> {
    private final List<Named> tasks;
    private final StageFiles files;
    private final Advance advance;
    private final ToLongFunction<Serializable> size;
    private final String list;
    private RuntimeException failure;

    Taken(
        List<Named> tasks,
        StageFiles files,
        Advance advance,
        ToLongFunction<Serializable> size,
        String list) {
      this.tasks = tasks;
      this.files = files;
      this.advance = advance;
      this.size = size;
      this.list = list;
    }

    @Override
    public synchronized BoxedUnit apply(Object number, Outcome outcome) {
      Named task = tasks.get((Integer) number);
      try {
        files.takeOver(task.name());
      } catch (RuntimeException e) {
        fail(e);
      }
      if (outcome.refusal() == null) {
        advance.finished(size.applyAsLong(task.task()));
      } else {
        fail(
            outcome.ofSetting()
                ? new SettingException(outcome.refusal())
                : new JourneyException(outcome.refusal()));
      }
      return BoxedUnit.UNIT;
    }

    private void fail(RuntimeException e) {
      if (failure == null) {
        failure = e;
        spark.cancelJobGroup(list);
      }
    }

    synchronized void rethrow() {
      if (failure != null) {
        throw failure;
      }
    }
  }

  @Override
  public void close() {
    spark.stop();
  }
}
