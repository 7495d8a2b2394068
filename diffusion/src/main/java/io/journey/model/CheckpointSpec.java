package io.journey.model;

import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * How people name a checkpoint: {@code PATH}, {@code PATH#PART} for one set of weights of a file
 * that holds several, {@code torchscript:FILE} for a program they trust; with {@code +lora:FILE} or
 * {@code +lora@0.8:FILE} behind it, a LoRA is put on it.
 *
 * @param path a pipeline folder, a model's folder, or a file of weights
 * @param part such as {@code ema}, or null
 * @param torchScript whether the file may be run as a TorchScript program
 * @param lora what is put on it, or null
 */
public record CheckpointSpec(Path path, String part, boolean torchScript, LoraSpec lora) {
  private static final String TORCHSCRIPT = "torchscript:";
  private static final String WITH = "+";

  /** A path that is read as data. */
  public static CheckpointSpec of(Path path) {
    return new CheckpointSpec(path, null, false, null);
  }

  /** Reads a name as people write it. */
  public static CheckpointSpec parse(String text) {
    try {
      int lora = Math.max(text.lastIndexOf(WITH + "lora:"), text.lastIndexOf(WITH + "lora@"));
      return lora < 1 || Files.exists(Path.of(text))
          ? parseWithoutLora(text)
          : parseWithoutLora(text.substring(0, lora))
              .withLora(LoraSpec.parse(text.substring(lora + 1)));
    } catch (InvalidPathException e) {
      throw new JourneyException(
          text + " cannot be a path: name a checkpoint's folder or file.", e);
    }
  }

  private static CheckpointSpec parseWithoutLora(String text) {
    boolean torchScript = text.startsWith(TORCHSCRIPT);
    String rest = torchScript ? text.substring(TORCHSCRIPT.length()) : text;
    int hash = rest.lastIndexOf('#');
    return torchScript || hash < 1 || Files.exists(Path.of(rest))
        ? new CheckpointSpec(Path.of(rest), null, torchScript, null)
        : new CheckpointSpec(
            Path.of(rest.substring(0, hash)), rest.substring(hash + 1), false, null);
  }

  /**
   * Returns the same with a LoRA on it; null takes it off.
   *
   * @throws JourneyException if there is another on it
   */
  public CheckpointSpec withLora(LoraSpec other) {
    if (lora != null && other != null) {
      throw new JourneyException(
          this + " already names a LoRA, and a checkpoint takes one: name one of the two.");
    }
    return new CheckpointSpec(path, part, torchScript, other);
  }

  /** Returns the same with absolute paths. */
  public CheckpointSpec absolute() {
    return new CheckpointSpec(
        path.toAbsolutePath().normalize(),
        part,
        torchScript,
        lora == null ? null : lora.absolute());
  }

  /** The last part of the path, and the part of the file. */
  public String name() {
    String last = path.toAbsolutePath().normalize().getFileName().toString();
    return part == null ? last : last + "#" + part;
  }

  /** Returns the choices and assumptions that finding its files took, each a sentence. */
  public List<String> notes() {
    LoraPlace place = LoraPlace.of(this);
    return CheckpointFiles.locate(place == null ? path : place.base().path()).notes();
  }

  /** As people write it. */
  @Override
  public String toString() {
    return (torchScript ? TORCHSCRIPT : "")
        + path
        + (part == null ? "" : "#" + part)
        + (lora == null ? "" : WITH + lora);
  }
}
