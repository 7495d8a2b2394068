package io.journey.model;

import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How people name a LoRA that is put on a checkpoint: {@code lora:PATH}, or {@code lora@0.8:PATH}
 * for a part of its strength.
 *
 * @param path what {@link LoraFile#open} takes
 * @param scale what its changes are multiplied by, beside α/r; 1: as it was trained
 */
public record LoraSpec(Path path, double scale) {
  private static final Pattern TEXT = Pattern.compile("lora(@(?<scale>[^:]*))?:(?<path>.+)");

  public LoraSpec {
    if (!Double.isFinite(scale) || scale == 0) {
      throw new SettingException("lora scale must be a finite number and not 0, got " + scale);
    }
  }

  /** A LoRA in its full strength. */
  public static LoraSpec of(Path path) {
    return new LoraSpec(path, 1);
  }

  /** Reads a name as people write it. */
  public static LoraSpec parse(String text) {
    Matcher found = TEXT.matcher(text);
    try {
      if (found.matches()) {
        String scale = found.group("scale");
        return new LoraSpec(
            Path.of(found.group("path")), scale == null ? 1 : Double.parseDouble(scale));
      }
    } catch (InvalidPathException | NumberFormatException e) {
      // Refused below.
    }
    throw new JourneyException(
        text + " names no LoRA: write lora:FILE, or lora@0.8:FILE for a part of its strength.");
  }

  /** Returns the same with an absolute path. */
  public LoraSpec absolute() {
    return new LoraSpec(path.toAbsolutePath().normalize(), scale);
  }

  /**
   * Opens the file.
   *
   * @throws JourneyException as {@link LoraFile#open} does
   */
  public LoraFile open() {
    return LoraFile.open(path).scaled(scale);
  }

  /** As people write it. */
  @Override
  public String toString() {
    return "lora" + (scale == 1 ? "" : "@" + scale) + ":" + path;
  }
}
