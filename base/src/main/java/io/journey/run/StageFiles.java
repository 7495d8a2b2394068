package io.journey.run;

import java.nio.file.Path;

/** The files of a stage's directory. Each is whole, or it is not there. Safe for many threads. */
public interface StageFiles {
  /** Returns whether the file of this name is there, with the content that was written. */
  boolean has(String name);

  /** Writes a file of the result. */
  void write(String name, AtomicFile.Content content);

  /**
   * Returns where the file of this name is or will be, or the directory of a part of the work.
   *
   * @throws JourneyException if that is not in the stage's directory: a link leads elsewhere
   */
  Path path(String name);
}
