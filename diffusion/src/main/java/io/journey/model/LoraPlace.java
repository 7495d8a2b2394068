package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Which LoRA a checkpoint has, and what it is put on: as the checkpoint's name says, or as {@code
 * journey train --lora} has noted in the manifest.
 *
 * @param base the checkpoint without the LoRA
 * @param lora what is put on it
 * @param fingerprint of the base that the LoRA was tuned on; null where it is not known
 */
public record LoraPlace(CheckpointSpec base, LoraSpec lora, String fingerprint) {
  /** The manifest's name of the base's fingerprint. */
  public static final String FINGERPRINT = "checkpoint";

  private static final String PATH = "path";

  /**
   * Finds the LoRA of a checkpoint.
   *
   * @return null where it has none
   * @throws JourneyException if it is one of {@code journey train --lora} and is not as it was
   *     written, or it has one and another is put on it
   */
  public static LoraPlace of(CheckpointSpec spec) {
    Path file = fileOf(spec.path());
    Manifest manifest = file == null ? null : WrittenCheckpoint.manifestAbove(file);
    if (manifest != null && spec.lora() != null) {
      throw new JourneyException(
          spec.path() + " has a LoRA, and a checkpoint takes one: name its base.");
    }
    if (spec.lora() != null) {
      return new LoraPlace(spec.withLora(null), spec.lora(), null);
    }
    if (manifest == null) {
      return null;
    }
    String member = file.getParent().getFileName().toString();
    JsonFields from = manifest.inputFields().fields(Ensemble.BASE).fields(member);
    return new LoraPlace(
        base(from),
        LoraSpec.of(manifest.verified(WrittenCheckpoint.name(manifest, file))),
        from.text(FINGERPRINT));
  }

  /**
   * Reads what a manifest notes of a base: never a program, which would be run, nor a LoRA again.
   *
   * @throws JourneyException if it is
   */
  public static CheckpointSpec base(JsonFields noted) {
    CheckpointSpec base = CheckpointSpec.parse(noted.text(PATH));
    Path file = fileOf(base.path());
    if (base.torchScript()
        || base.lora() != null
        || file != null && WrittenCheckpoint.manifestAbove(file) != null) {
      throw new JourneyException(
          noted.where()
              + " names "
              + base
              + " as what a LoRA was tuned on, expected a model of layers without one: it is not"
              + " Journey's.");
    }
    return base;
  }

  /** Returns the file of a LoRA that a path names, absolute, or null. */
  private static Path fileOf(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path file = absolute.endsWith(LoraWriter.FILE) ? absolute : absolute.resolve(LoraWriter.FILE);
    return Files.isRegularFile(file) && !Files.exists(file.resolveSibling(CheckpointFiles.CONFIG))
        ? file
        : null;
  }

  /**
   * Returns what a manifest notes of the base.
   *
   * @param fingerprint of the base
   */
  public static ObjectNode note(CheckpointSpec base, String fingerprint) {
    return Json.object().put(FINGERPRINT, fingerprint).put(PATH, base.absolute().toString());
  }

  /**
   * Reads the base.
   *
   * @throws JourneyException if it is gone, or is not the one that the LoRA was tuned on
   */
  Checkpoint readBase(ScalarType type) {
    if (fingerprint != null && !Files.exists(base.path())) {
      throw new JourneyException(
          lora.path()
              + " was tuned on "
              + base
              + ", which is gone: put it back, or name where it is now, with this file as --lora.");
    }
    Checkpoint read = Checkpoint.read(base, type);
    if (fingerprint != null && !read.fingerprint().equals(fingerprint)) {
      read.close();
      throw new JourneyException(
          lora.path()
              + " was tuned on another checkpoint than "
              + base
              + " holds now: put that back, or name where it is, with this file as --lora.");
    }
    return read;
  }

  /**
   * Reads the base and puts the LoRA on it.
   *
   * @param name of the checkpoint
   * @param how what is done with the LoRA
   */
  Checkpoint putOn(String name, ScalarType type, BiFunction<Checkpoint, LoraFile, Checkpoint> how) {
    LoraFile file = lora.open();
    Checkpoint read = readBase(type);
    try {
      return how.apply(read, file).named(name);
    } catch (RuntimeException e) {
      read.close();
      throw e;
    }
  }
}
