package io.journey.model;

import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * How people name a checkpoint: {@code PATH}, {@code PATH#PART} for one set of weights of a file
 * that holds several, {@code torchscript:FILE} for a program they trust.
 *
 * @param path a pipeline folder, a model's folder, or a file of weights
 * @param part such as {@code ema}, or null
 * @param torchScript whether the file may be run as a TorchScript program
 */
public record CheckpointSpec(Path path, String part, boolean torchScript) {
  private static final String TORCHSCRIPT = "torchscript:";

  /** A path that is read as data. */
  public static CheckpointSpec of(Path path) {
    return new CheckpointSpec(path, null, false);
  }

  /** Reads a name as people write it. */
  public static CheckpointSpec parse(String text) {
    boolean torchScript = text.startsWith(TORCHSCRIPT);
    String rest = torchScript ? text.substring(TORCHSCRIPT.length()) : text;
    try {
      int hash = rest.lastIndexOf('#');
      if (torchScript || hash < 1 || Files.exists(Path.of(rest))) {
        return new CheckpointSpec(Path.of(rest), null, torchScript);
      }
      return new CheckpointSpec(Path.of(rest.substring(0, hash)), rest.substring(hash + 1), false);
    } catch (InvalidPathException e) {
      throw new JourneyException(
          text + " cannot be a path: name a checkpoint's folder or file.", e);
    }
  }

  /** The last part of the path, and the part of the file. */
  public String name() {
    String last = path.toAbsolutePath().normalize().getFileName().toString();
    return part == null ? last : last + "#" + part;
  }

  /** As people write it. */
  @Override
  public String toString() {
    return (torchScript ? TORCHSCRIPT : "") + path + (part == null ? "" : "#" + part);
  }
}
