package io.journey.cli;

import io.journey.condition.Condition;
import io.journey.embedding.Embedder;
import io.journey.embedding.Embedders;
import io.journey.encoding.Encoders;
import io.journey.evaluation.PictureSpace;
import io.journey.evaluation.steps.SeedConsistency;
import io.journey.evaluation.steps.SeedDistances;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws the same noise with several models. */
@Command(
    name = "seeds",
    description = {
      "Do independently trained models sample the same image from the same noise?",
      "Distances of pictures of two models with the same noise and with different noise, and how"
          + " often the picture with the same noise is the nearest of all."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate seeds --checkpoints runs/fashion/checkpoints --count 50 \\",
      "      --out runs/fashion/evaluation/seeds"
    })
final class SeedsCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description = "An ensemble of two models or more.")
  private CheckpointSpec checkpoints;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for pictures, tables and figures.")
  private Path out;

  @Option(
      names = "--count",
      required = true,
      paramLabel = "N",
      description = "Pictures of each model, at least 2.")
  @InRange(from = 2)
  private int count;

  @Option(
      names = "--inference-steps",
      paramLabel = "N",
      defaultValue = "50",
      description = "Inference steps, 1..1000 (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int inferenceSteps;

  @Option(
      names = "--pairs",
      paramLabel = "P",
      description = "Most pairs of models, chosen by the seed (default: all).")
  @InRange(from = 1)
  private Integer pairs;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of all noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--embedding",
      paramLabel = "SPEC",
      description =
          "Compare also in the space of a network, such as classifier:DIR by evaluate classifier.")
  private String embedding;

  @Mixin private ConditionOptions conditions;

  @Override
  public void run() {
    if (embedding == null) {
      compare(List.of(PictureSpace.pixels()));
      return;
    }
    try (Embedder embedder = Embedders.open(embedding)) {
      PictureSpace space = PictureSpace.of(embedder, console.context());
      compare(List.of(PictureSpace.pixels(), space));
    }
  }

  private void compare(List<PictureSpace> spaces) {
    Ensemble ensemble = Ensemble.open(checkpoints);
    boolean captioned;
    try (Checkpoint first = ensemble.first()) {
      captioned = first.inputs().conditioning().takesCaptions();
    }
    try (Encoders.Opened encoders = Encoders.of(ensemble).open(captioned)) {
      say(consistency(ensemble, encoders, spaces).run(out, console.context()));
    }
  }

  private SeedConsistency consistency(
      Ensemble ensemble, Encoders.Opened encoders, List<PictureSpace> spaces) {
    List<Condition> chosen;
    try (Checkpoint first = ensemble.first()) {
      chosen = conditions.of(first, encoders.text());
    }
    if (encoders.text() != null) {
      encoders.text().notes().forEach(console::say);
    }
    return new SeedConsistency(
        ensemble,
        count,
        inferenceSteps,
        seed,
        pairs == null ? Integer.MAX_VALUE : pairs,
        spaces,
        chosen,
        conditions.guidance(encoders.text() != null),
        encoders);
  }

  private void say(Map<String, SeedDistances> found) {
    console.say("distance in  same noise  different noise  same noise is nearest  by chance");
    found.forEach((space, distances) -> say(space, distances.all()));
    console.say("Pictures, tables and figures are in " + out + ".");
  }

  private void say(String space, SeedDistances.Pair all) {
    console.say(
        String.format(
            Locale.ROOT,
            "%-11s  %10.3f  %15.3f  %19.0f %%  %7.1f %%",
            space,
            all.same().mean(),
            all.different().mean(),
            100 * all.nearest().mean(),
            100.0 / count));
  }
}
