package io.journey.spark;

import io.journey.run.ClusterProcess;
import io.journey.run.Compute;
import io.journey.run.TaskProcess;

/** What a process of Spark that does tasks keeps from one to the next. */
final class ExecutorProcess {
  private static Compute compute;
  private static TaskProcess single;
  private static TaskProcess whole;

  private ExecutorProcess() {}

  /** Returns what does tasks that take one worker; all cores have one such task each. */
  static synchronized TaskProcess single(ClusterProcess process) {
    if (single == null) {
      single = new TaskProcess(open(process), 1);
    }
    return single;
  }

  /** Returns what does tasks that take all workers. */
  static synchronized TaskProcess whole(ClusterProcess process) {
    if (whole == null) {
      whole = new TaskProcess(open(process), process.threads());
    }
    return whole;
  }

  private static Compute open(ClusterProcess process) {
    if (compute == null) {
      compute = process.open();
    }
    return compute;
  }
}
