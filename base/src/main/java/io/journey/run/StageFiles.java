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

  /**
   * Returns the same directory for a task that another process does: it can be sent there. What is
   * written through it is kept whatever becomes of either process, and belongs to the stage once it
   * is taken over.
   *
   * @param task {@link Task#file()}, or another name that no other task of the stage has
   */
  default StageFiles elsewhere(String task) {
    throw new UnsupportedOperationException("these files are in another process already");
  }

  /** Takes over what a task has written in another process. */
  default void takeOver(String task) {
    throw new UnsupportedOperationException("these files are in another process already");
  }
}
