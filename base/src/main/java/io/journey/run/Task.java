package io.journey.run;

import java.io.Serializable;

/**
 * A unit of a stage's work, which any process can do that has the files: it says with values and
 * places of files alone what there is to do. What it writes depends on nothing else.
 */
public interface Task extends Serializable {
  /**
   * Returns the name of the file that the task writes last, so that the task is done if it is
   * there; "" for a task that finds out itself what is done.
   */
  String file();

  /** Returns how much work it is, in the unit of the progress. */
  long size();

  /** Removes what a kill has left of a task that is done, beside its result. */
  default void tidy(StageFiles files) {}

  /** Does the work, and tells the context's progress of {@link #size()} units. */
  void run(TaskContext context);
}
