package io.journey.run;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a stage's directory in a process that does one of its tasks, and has not claimed the
 * directory. What it writes it notes in a file of its own, so that the task goes on from there when
 * it is begun again, wherever that is.
 *
 * @param directory of the stage, absolute, the same place for every process
 * @param notes the name of the file of notes
 */
record FilesElsewhere(String directory, String notes) implements StageFiles, Serializable {
  @Override
  public boolean has(String name) {
    return Journal.read(Path.of(directory), notes).isWhole(name)
        || Journal.read(Path.of(directory)).isWhole(name);
  }

  @Override
  public void write(String name, AtomicFile.Content content) {
    String sha256 = AtomicFile.write(path(name), content);
    try {
      Journal.read(Path.of(directory), notes).note(name, Files.size(path(name)), sha256, 0);
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot note " + name + " in " + directory + ": " + Failures.reason(e) + ".", e);
    }
  }

  @Override
  public Path path(String name) {
    return Confined.path(Path.of(directory), name);
  }
}
