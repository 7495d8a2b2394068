package io.journey.benchmarks.hostile;

import io.journey.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line, run in this process, and commands of one small flow. */
public final class Stages {
  /** A U-Net of 2 levels with 4 and 8 channels, and how it is trained. */
  public static final String CONFIG =
      """
      {"model": {"block_out_channels": [4, 8], "layers_per_block": 1,
                 "down_block_types": ["DownBlock2D", "AttnDownBlock2D"],
                 "up_block_types": ["AttnUpBlock2D", "UpBlock2D"],
                 "norm_num_groups": 2, "attention_head_dim": 4},
       "training": {"steps": 12, "batchSize": 8}}
      """;

  private Stages() {}

  /** What a command left on its streams. */
  public record Run(int status, String out, String err) {}

  /** Runs one command line. */
  public static Run run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(words, new PrintWriter(out), new PrintWriter(err));
    return new Run(status, out.toString(), err.toString());
  }

  /** Runs one that must succeed. */
  public static void must(String... words) {
    Run run = run(words);
    if (run.status() != 0) {
      throw new IllegalStateException(String.join(" ", words) + "\n" + run.err());
    }
  }

  /** Returns a command whose files lie below a folder: {@code @} stands for it. */
  public static String[] in(Path folder, String command, String... more) {
    List<String> words = new ArrayList<>(Arrays.asList(command.strip().split("\\s+")));
    words.addAll(Arrays.asList(more));
    return words.stream().map(w -> w.replace("@", folder.toString())).toArray(String[]::new);
  }
}
