package io.journey.run;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Does tasks that another process has sent, any number at once: one on each thread that calls, with
 * workers of its own. What tasks of one list open they share; it is closed when the last of them
 * has ended and one of another list comes.
 */
public final class TaskProcess {
  private final Compute compute;
  private final int threads;
  private final Deque<RunContext> idle = new ArrayDeque<>();
  private String list = "";
  private Resources resources = new Resources();
  private int running; // of the list

  /**
   * @param compute of the process
   * @param threads workers of a task, at least 1
   */
  public TaskProcess(Compute compute, int threads) {
    this.compute = compute;
    this.threads = threads;
  }

  /**
   * Does a task.
   *
   * @param ofList what tells the list of tasks that it is one of from others
   * @param files {@link StageFiles#elsewhere}
   * @param progress told of the work, of many threads
   */
  public void run(String ofList, Task task, StageFiles files, Progress.Task progress) {
    Resources shared = begin(ofList);
    RunContext context = take();
    try {
      context
          .workers()
          .forEachShared(
              1,
              (unit, parts) ->
                  task.run(new LocalTaskContext(files, progress, parts, shared, context)));
    } finally {
      giveBack(context);
      end(shared);
    }
  }

  /** Does a task that takes all workers. */
  public void run(WholeTask task, StageFiles files) {
    RunContext context = take();
    try {
      task.run(files, context);
    } finally {
      giveBack(context);
    }
  }

  private RunContext take() {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return RunContext.of(compute, threads, Progress.SILENT);
  }

  private void giveBack(RunContext context) {
    synchronized (idle) {
      idle.push(context);
    }
  }

  private synchronized Resources begin(String ofList) {
    if (!list.equals(ofList) && running == 0) {
      resources.close();
      resources = new Resources();
      list = ofList;
    } else if (!list.equals(ofList)) {
      return new Resources(); // A task of an older list has outlived it, and shares nothing.
    }
    running++;
    return resources;
  }

  private synchronized void end(Resources used) {
    if (used == resources) {
      running--;
    } else {
      used.close();
    }
  }
}
