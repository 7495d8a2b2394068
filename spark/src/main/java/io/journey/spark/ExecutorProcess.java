package io.journey.spark;

import io.journey.run.ClusterProcess;
import io.journey.run.TaskProcess;

/** What a process of Spark that does tasks keeps from one to the next. */
final class ExecutorProcess {
  private static TaskProcess process;

  private ExecutorProcess() {}

  /**
   * Returns what does tasks in this process.
   *
   * @param how the process gets ready
   * @param threads workers of a task, the same for all: {@code spark.task.cpus}
   */
  static synchronized TaskProcess of(ClusterProcess how, int threads) {
    if (process == null) {
      process = new TaskProcess(how.open(), threads);
    }
    return process;
  }
}
