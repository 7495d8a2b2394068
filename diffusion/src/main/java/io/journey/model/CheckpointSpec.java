package io.journey.model;

import io.journey.dataset.ImageShape;
import io.journey.model.UNet2DOptions.Size;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How people name a checkpoint: {@code PATH}, {@code PATH#PART} for one set of weights of a file
 * that holds several, {@code torchscript:FILE} for a program they trust. Behind it may stand {@code
 * ?sample_size=32} or {@code ?sample_size=32x48} (height and width), which replaces what the
 * model's config.json says: a U-Net takes images or latents of any size that its levels can halve.
 * With {@code +lora:FILE} or {@code +lora@0.8:FILE} at the end, a LoRA is put on it.
 *
 * @param path a pipeline folder, a model's folder, or a file of weights
 * @param part such as {@code ema}, or null
 * @param torchScript whether the file may be run as a TorchScript program
 * @param sampleSize of what it samples, in place of the configuration's; null: as that says
 * @param lora what is put on it, or null
 */
public record CheckpointSpec(
    Path path, String part, boolean torchScript, Size sampleSize, LoraSpec lora) {
  private static final String TORCHSCRIPT = "torchscript:";
  private static final String SAMPLE_SIZE = "?sample_size=";
  private static final Pattern SIZED =
      Pattern.compile("(?<rest>.+)\\?sample_size=(?<height>\\d{1,5})(x(?<width>\\d{1,5}))?");
  private static final String WITH = "+";

  /** A path that is read as data. */
  public static CheckpointSpec of(Path path) {
    return new CheckpointSpec(path, null, false, null, null);
  }

  /** Reads a name as people write it. */
  public static CheckpointSpec parse(String text) {
    try {
      int lora = Math.max(text.lastIndexOf(WITH + "lora:"), text.lastIndexOf(WITH + "lora@"));
      return lora < 1 || Files.exists(Path.of(text))
          ? parseSized(text)
          : parseSized(text.substring(0, lora)).withLora(LoraSpec.parse(text.substring(lora + 1)));
    } catch (InvalidPathException e) {
      throw new JourneyException(
          text + " cannot be a path: name a checkpoint's folder or file.", e);
    }
  }

  private static CheckpointSpec parseSized(String text) {
    Matcher sized = SIZED.matcher(text);
    if (sized.matches() && !Files.exists(parsePart(text).path())) {
      int height = Integer.parseInt(sized.group("height"));
      String width = sized.group("width");
      return parsePart(sized.group("rest"))
          .withSampleSize(new Size(height, width == null ? height : Integer.parseInt(width)));
    }
    CheckpointSpec spec = parsePart(text);
    if (text.contains("?") && !Files.exists(spec.path())) {
      throw new JourneyException(
          "Checkpoint "
              + text
              + " has an option that there is not: write ?sample_size=32 or ?sample_size=32x48"
              + " behind the path, or leave it out.");
    }
    return spec;
  }

  private static CheckpointSpec parsePart(String text) {
    boolean torchScript = text.startsWith(TORCHSCRIPT);
    String rest = torchScript ? text.substring(TORCHSCRIPT.length()) : text;
    int hash = rest.lastIndexOf('#');
    return torchScript || hash < 1 || Files.exists(Path.of(rest))
        ? new CheckpointSpec(Path.of(rest), null, torchScript, null, null)
        : new CheckpointSpec(
            Path.of(rest.substring(0, hash)), rest.substring(hash + 1), false, null, null);
  }

  /** Returns what people write behind a checkpoint's name for images or latents of this size. */
  public static String sampleSizeOption(ImageShape shape) {
    return SAMPLE_SIZE + new Size(shape.height(), shape.width()).text();
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
    return new CheckpointSpec(path, part, torchScript, sampleSize, other);
  }

  /** Returns the same for images or latents of another size; null: of the configuration's. */
  public CheckpointSpec withSampleSize(Size other) {
    return new CheckpointSpec(path, part, torchScript, other, lora);
  }

  /** Returns the same with absolute paths. */
  public CheckpointSpec absolute() {
    return new CheckpointSpec(
        path.toAbsolutePath().normalize(),
        part,
        torchScript,
        sampleSize,
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
        + (sampleSize == null ? "" : SAMPLE_SIZE + sampleSize.text())
        + (lora == null ? "" : WITH + lora);
  }
}
