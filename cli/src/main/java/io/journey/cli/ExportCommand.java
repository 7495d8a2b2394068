package io.journey.cli;

import io.journey.array.DType;
import io.journey.encoding.Encoders;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.run.SettingException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.global.torch.ScalarType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Writes a checkpoint anew. Its subcommands, one a registered format, write what an attribution
 * found.
 */
@Command(
    name = "export",
    description = {
      "Write a checkpoint of any kind as a diffusers pipeline folder.",
      "Of one with a LoRA, the LoRA alone, or with --merge the pipeline that it makes.",
      "With the name of a format behind it: write what an attribution found, for other tools."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey export --checkpoint downloads/last.ckpt#ema --out checkpoints/theirs",
      "  journey export --checkpoint runs/fashion/checkpoints/member-000 --out half \\",
      "      --dtype bf16",
      "  journey export scores --help       scores for other tools"
    })
final class ExportCommand implements Runnable {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KB|MB|GB)");
  private static final Map<String, Long> UNITS =
      Map.of("B", 1L, "KB", 1_000L, "MB", 1_000_000L, "GB", 1_000_000_000L);

  @Spec private CommandSpec spec;

  @Mixin private Console console;

  @Option(
      names = "--checkpoint",
      paramLabel = "SPEC",
      description = "A diffusers folder, or a file of weights beside its config.json: FILE#PART.")
  private CheckpointSpec checkpoint;

  @Mixin private LoraOptions lora;

  @Option(
      names = "--merge",
      description =
          "Add the LoRA of the checkpoint to its weights, and write the whole pipeline (default: of a"
              + " checkpoint with a LoRA, the LoRA alone).")
  private boolean merge;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory for the pipeline folder, empty or new.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = NumberTypes.OfWeights.class,
      defaultValue = "f32",
      description = "f32, f16 or bf16 (default: ${DEFAULT-VALUE}).")
  private DType dtype;

  @Option(
      names = "--max-shard-size",
      paramLabel = "SIZE",
      description = "Most weights in one file, such as 500MB or 5GB (default: one file).")
  private String maxShardSize;

  @Override
  public void run() {
    if (checkpoint == null || out == null) {
      throw new ParameterException(
          spec.commandLine(),
          "export needs --checkpoint and --out, or the name of a format: "
              + String.join(", ", spec.subcommands().keySet())
              + ".");
    }
    long most = maxShardSize == null ? Long.MAX_VALUE : bytes(maxShardSize);
    CheckpointSpec named = lora.on(checkpoint);
    try (Checkpoint model =
        merge
            ? Checkpoint.readMerged(named, ScalarType.Float)
            : Checkpoint.read(named, ScalarType.Float)) {
      if (model.hasLora()) {
        requirePlain();
        model.exportLora(out);
      } else {
        model.export(out, dtype, most, Encoders.of(named).parts(dtype, most));
      }
      named.notes().forEach(console::say);
      console.say(
          model.hasLora()
              ? "The LoRA of " + named + " is in " + out + ", without what it is put on."
              : named + " is in " + out + " as " + dtype + ".");
    }
  }

  /** A LoRA is written in float32, in one file, as diffusers writes it. */
  private void requirePlain() {
    if (dtype != DType.F32 || maxShardSize != null) {
      throw new SettingException(
          "a LoRA alone is written as f32 in one file: leave --dtype and --max-shard-size out, or add"
              + " --merge");
    }
  }

  private static long bytes(String size) {
    Matcher matcher = SIZE.matcher(size.toUpperCase(Locale.ROOT));
    if (!matcher.matches() || matcher.group(1).matches("0+")) {
      throw new SettingException(
          "--max-shard-size must be a number of B, KB, MB or GB, such as 500MB, got " + size);
    }
    return Long.parseLong(matcher.group(1)) * UNITS.get(matcher.group(2));
  }
}
