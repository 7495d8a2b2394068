package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/**
 * A piece of work that leaves a directory: settings and inputs decide its files to the byte. It is
 * continued where it was interrupted.
 *
 * @param <R> the result
 */
public interface Stage<R> {
  /** Returns what the stage makes: "checkpoints", "features", … */
  String kind();

  /** Returns the version of the format of its files. */
  default int format() {
    return 1;
  }

  /**
   * Returns the resolved settings. The manifest has them as JSON, a field for each component; those
   * that are null are left out.
   */
  Record settings();

  /** Returns the fingerprints of what the stage reads. */
  ObjectNode inputs();

  /**
   * Refuses settings and inputs that do not go together, before anything is written.
   *
   * @throws JourneyException with a sentence on what is wrong
   */
  default void check() {}

  /**
   * Returns how much work it is, in the unit of the progress of the task that it is a part of; 0
   * where that is not told.
   */
  default long size() {
    return 0;
  }

  /**
   * Does what is missing and returns the result. Where {@link StageWork#isFinished} holds nothing
   * is missing, and nothing is written.
   */
  R run(StageWork work);

  /**
   * Runs the stage, or continues it, or does nothing where it is finished.
   *
   * @param directory of its result
   * @return the result
   * @throws JourneyException if another process writes the directory, or it holds something else
   */
  default R run(Path directory, RunContext context) {
    return context.run(this, directory);
  }
}
