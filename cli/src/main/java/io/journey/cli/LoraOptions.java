package io.journey.cli;

import io.journey.model.CheckpointSpec;
import io.journey.model.LoraSpec;
import io.journey.run.SettingException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that put a LoRA on a checkpoint. */
final class LoraOptions {
  @Option(
      names = "--lora",
      paramLabel = "FILE",
      description =
          "A LoRA to put on the checkpoint, a file or folder of diffusers, peft or kohya's scripts: its"
              + " pairs alone are attributed. The same as SPEC+lora:FILE.")
  private Path lora;

  @Option(
      names = "--lora-scale",
      paramLabel = "S",
      description = "Multiplies the changes of the LoRA (default: 1).")
  private Double scale;

  /** Returns a checkpoint with the LoRA, if one is named. */
  CheckpointSpec on(CheckpointSpec checkpoint) {
    if (lora == null && scale != null) {
      throw new SettingException("--lora-scale needs a LoRA: add --lora FILE, or leave it out");
    }
    return lora == null
        ? checkpoint
        : checkpoint.withLora(new LoraSpec(lora, scale == null ? 1 : scale));
  }
}
