package io.journey.cli;

import io.journey.encoding.Encoders;
import io.journey.evaluation.removal.RemovalConfig;
import io.journey.evaluation.removal.RemovalStudy;
import io.journey.evaluation.removal.RemovalTable;
import io.journey.evaluation.removal.RemovalTable.Summary;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.results.NamedAttribution;
import io.journey.run.Progress;
import io.journey.sampling.TrajectoryFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that checks share which train models again without some images. */
final class RemovalOptions {
  private static final int FEWEST_RANDOM_SETS = 5;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "DIR",
      description = "The ensemble of journey train whose first checkpoint sampled the targets.")
  private CheckpointSpec checkpoints;

  @Mixin private DataOptions data;

  @Option(
      names = "--attribution",
      required = true,
      paramLabel = "DIR",
      description = {
        "Scores of the targets, as DIR or NAME=DIR; given again for every estimator to compare.",
        "With ?over-steps behind it, those of the whole trajectory."
      })
  private List<String> attributions = new ArrayList<>();

  @Option(
      names = "--target",
      required = true,
      paramLabel = "FILE",
      description = "Trajectories that sample has written.")
  private Path target;

  @Mixin private ResultOption result;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description =
          "Directory for trained models, which checks can share (default: models in --out).")
  private Path models;

  @Mixin private CouplingOption coupling;

  @Option(
      names = "--seeds",
      paramLabel = "R",
      defaultValue = "1",
      description = "Models trained without each set of images (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1, to = RemovalConfig.MOST)
  private int seeds;

  @Option(
      names = "--other-seeds",
      paramLabel = "B",
      defaultValue = "3",
      description =
          "Models trained on all images with another seed, for the baseline; further checkpoints of the"
              + " ensemble as far as there are any (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1, to = RemovalConfig.MOST)
  private int otherSeeds;

  @Option(
      names = "--random-sets",
      paramLabel = "J",
      description =
          "Sets of random images removed beside, the same for all targets (default: one for each"
              + " attribution, at least "
              + FEWEST_RANDOM_SETS
              + ").")
  @InRange(from = 1, to = RemovalConfig.MOST)
  private Integer randomSets;

  @Option(
      names = "--bottom",
      description = "Remove also the images with the lowest scores, as a control.")
  private boolean bottom;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of random sets, noise and intervals (default: ${DEFAULT-VALUE}).")
  private long seed;

  Path out() {
    return result.out();
  }

  private TrajectoryFile file; // opened once: that reads all of it

  private TrajectoryFile file() {
    if (file == null) {
      file = TrajectoryFile.open(target);
    }
    return file;
  }

  /** Opens what stands between the models and a person; the caller closes it. */
  Encoders.Opened encoders() {
    return Encoders.of(Ensemble.open(checkpoints)).open(file().hasPrompts());
  }

  /**
   * Opens everything else.
   *
   * @param targets as typed, or null
   * @param usual how many targets the paper has
   */
  RemovalStudy study(
      int step,
      List<Integer> removed,
      Integer targets,
      int usual,
      Encoders.Opened encoders,
      Progress progress) {
    List<NamedAttribution> estimators = attributions.stream().map(NamedAttribution::parse).toList();
    RemovalConfig config =
        new RemovalConfig(
            step,
            removed,
            targets == null ? Math.min(usual, file().size()) : targets,
            coupling.value(),
            seeds,
            otherSeeds,
            randomSets == null ? Math.max(FEWEST_RANDOM_SETS, estimators.size()) : randomSets,
            bottom,
            seed);
    Ensemble ensemble = Ensemble.open(checkpoints);
    return new RemovalStudy(
        ensemble, data.open(progress, ensemble), file(), estimators, config, models, encoders);
  }

  /** Tells what was found. */
  void say(
      Console console,
      String quantity,
      RemovalTable table,
      List<String> said,
      List<String> warned) {
    console.say(
        String.format(
            Locale.ROOT,
            "%-16s  %6s  %20s  %20s  %28s",
            "removed by",
            "K",
            quantity,
            "above baseline",
            "more than random (95 %)"));
    for (Summary summary : table.summaries()) {
      console.say(line(summary));
    }
    said.forEach(console::say);
    warned.forEach(warning -> console.say("Warning: " + warning));
    console.say("Tables and figures are in " + out() + ".");
  }

  private static String line(Summary summary) {
    return String.format(
        Locale.ROOT,
        "%-16s  %6d  %11.3f ± %6.3f  %11.3f ± %6.3f  %28s",
        summary.source(),
        summary.k(),
        summary.value().mean(),
        summary.value().standardError(),
        summary.increase().mean(),
        summary.increase().standardError(),
        summary.againstRandom() == null
            ? ""
            : String.format(
                Locale.ROOT,
                "%.3f (%.3f to %.3f)",
                summary.againstRandom().over().mean(),
                summary.againstRandom().low(),
                summary.againstRandom().high()));
  }
}
