package io.journey.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The stages as a user types them, on garments of 8×8 that take seconds. */
record TinyFlow(Path root) {
  static final String DATA = "../data/fashion-mnist?size=8&limit=24";

  /** A model of 2 levels with 4 and 8 channels, and how it is trained. */
  static final String CONFIG =
      """
      {"model": {"block_out_channels": [4, 8], "layers_per_block": 1,
                 "down_block_types": ["DownBlock2D", "AttnDownBlock2D"],
                 "up_block_types": ["AttnUpBlock2D", "UpBlock2D"],
                 "norm_num_groups": 2, "attention_head_dim": 4},
       "training": {"steps": 12, "batchSize": 8}}
      """;

  /** The same, trained until it knows its images. */
  static final String LEARNT =
      CONFIG.replace("\"steps\": 12", "\"steps\": 300, \"learningRate\": 4e-3");

  /** The flow up to the scores, once. */
  static TinyFlow made(Path root) throws IOException {
    TinyFlow flow = new TinyFlow(root);
    Files.writeString(flow.config(), CONFIG);
    for (String[] command :
        List.of(flow.train(), flow.sample(), flow.featurize(), flow.attribute())) {
      CommandRun.runs(command);
    }
    return flow;
  }

  Path config() {
    return root.resolve("tiny.json");
  }

  Path checkpoints() {
    return root.resolve("checkpoints");
  }

  Path member() {
    return checkpoints().resolve("member-000");
  }

  Path targets() {
    return root.resolve("targets.safetensors");
  }

  Path features() {
    return root.resolve("features");
  }

  Path attribution() {
    return root.resolve("attribution");
  }

  Path page() {
    return root.resolve("report.html");
  }

  /** Options given again replace those of the flow. */
  String[] train(String... changes) {
    return command(
        changes,
        "train",
        "--data",
        DATA,
        "--out",
        checkpoints(),
        "--config",
        config(),
        "--seed",
        3);
  }

  String[] sample(String... changes) {
    return command(
        changes,
        "sample",
        "--checkpoint",
        member(),
        "--out",
        targets(),
        "--count",
        2,
        "--inference-steps",
        10);
  }

  String[] featurize(String... changes) {
    return command(
        changes,
        "featurize",
        "--checkpoints",
        checkpoints(),
        "--data",
        DATA,
        "--out",
        features(),
        "--projection",
        "sparse:64",
        "--draws",
        2);
  }

  String[] attribute(String... changes) {
    return command(
        changes,
        "attribute",
        "--checkpoints",
        checkpoints(),
        "--features",
        features(),
        "--target",
        targets(),
        "--out",
        attribution(),
        "--timesteps",
        "100,300",
        "--draws",
        2);
  }

  String[] report(String... changes) {
    return command(
        changes, "report", "--attribution", attribution(), "--data", DATA, "--out", page());
  }

  /**
   * Judges the flow's features by models of six subsets.
   *
   * @param folder gets {@code truth} and {@code lds}
   */
  String[] lds(Path folder, String... changes) {
    return command(
        changes,
        "evaluate",
        "lds",
        "--checkpoints",
        checkpoints(),
        "--data",
        DATA,
        "--target",
        targets(),
        "--timesteps",
        "300,600",
        "--features",
        features(),
        "--subsets",
        6,
        "--draws",
        2,
        "--target-draws",
        2,
        "--ground-truth",
        folder.resolve("truth"),
        "--out",
        folder.resolve("lds"));
  }

  /**
   * Trains a classifier and asks it at which step the class of each target is decided.
   *
   * @param folder gets both
   * @return where the answer is
   */
  Path emergence(Path targets, String steps, Path folder) {
    Path classifier = folder.resolve("classifier");
    Path out = folder.resolve("emergence");
    String[] evaluate = {"evaluate"};
    CommandRun.runs(
        with(evaluate, "classifier", "--data", DATA, "--epochs", 1, "--out", classifier));
    Object[] asked = {"--checkpoint", member(), "--target", targets, "--classifier", classifier};
    CommandRun.runs(
        with(
            with(evaluate, "emergence", "--out", out, "--samples", 2, "--timesteps", steps),
            asked));
    return out;
  }

  /** A command with further words. */
  static String[] with(String[] command, Object... more) {
    List<String> line = new ArrayList<>(List.of(command));
    Arrays.stream(more).forEach(word -> line.add(word.toString()));
    return line.toArray(String[]::new);
  }

  private static String[] command(String[] changes, Object... words) {
    return changed(Arrays.stream(words).map(Object::toString).toArray(String[]::new), changes);
  }

  /** The same command with other values of some options, or with more. */
  static String[] changed(String[] command, String... changes) {
    List<String> line = new ArrayList<>(List.of(command));
    for (int i = 0; i < changes.length; i += 2) {
      int at = line.indexOf(changes[i]);
      if (at < 0) {
        line.add(changes[i]);
        line.add(changes[i + 1]);
      } else {
        line.set(at + 1, changes[i + 1]);
      }
    }
    return line.toArray(String[]::new);
  }
}
