package io.journey.run;

import java.io.Serializable;

/**
 * A unit of a stage's work that occupies all workers of a process, such as scores by one
 * checkpoint: like a {@link Task}, any process can do it that has the files.
 */
public interface WholeTask extends Serializable {
  /** Returns the name of the file that is written last, so that the task is done if it is there. */
  String file();

  /**
   * Does the work.
   *
   * @param files of the stage
   * @param context of the process
   */
  void run(StageFiles files, RunContext context);
}
