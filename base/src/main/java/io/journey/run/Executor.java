package io.journey.run;

import java.util.List;

/** Runs the tasks of a stage. Its owner closes it. */
public interface Executor extends AutoCloseable {
  /**
   * Runs tasks, in any order, and waits for all. After a failure no further task starts, and the
   * first failure is thrown.
   *
   * @param files of the stage
   * @param progress told of the work, of many threads
   */
  void run(List<? extends Task> tasks, StageFiles files, Progress.Task progress);

  /** Runs tasks that occupy a whole process each, in any order, and waits for all. */
  void runWhole(List<? extends WholeTask> tasks, StageFiles files);

  /** Ends what it keeps running; nothing by default. */
  @Override
  default void close() {}
}
