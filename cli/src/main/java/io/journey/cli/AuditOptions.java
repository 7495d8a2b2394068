package io.journey.cli;

import io.journey.evaluation.audit.AuditConfig;
import io.journey.model.Ensemble;
import io.journey.results.audit.AuditRule;
import io.journey.run.SettingException;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say what an audit leaves out and how much it trains. */
final class AuditOptions {
  /** Steps that models are trained on for, where they cannot be trained from their beginning. */
  private static final int ONWARD_STEPS = 150;

  private static final int SHARE = 100;
  private static final int FEWEST = 10;

  @Option(
      names = "--remove",
      paramLabel = "K",
      description =
          "Without --group: the strongest images that are left out, each with its near-duplicates"
              + " (default: a hundredth of all, 10 or more).")
  @InRange(from = 1)
  private Integer removed;

  @Option(
      names = "--candidates",
      paramLabel = "C",
      description =
          "With --group: the strongest groups that are left out, each by itself; p is corrected for"
              + " their number (default: 1).")
  @InRange(from = 1, to = AuditConfig.MOST)
  private Integer candidates;

  @Option(
      names = "--random-sets",
      paramLabel = "R",
      defaultValue = "19",
      description =
          "Sets of as many random images beside them, 19 or more; 1/(R + 1) is the smallest p"
              + " (default: ${DEFAULT-VALUE}).")
  @InRange(from = 19, to = AuditConfig.MOST)
  private int randomSets;

  @Option(
      names = "--strata",
      paramLabel = "COLUMN",
      description =
          "Random images are like those left out, image by image, in class, folder, or another"
              + " column (default: class for a model that is told classes, otherwise none).")
  private String strata;

  @Option(
      names = "--members",
      paramLabel = "M",
      defaultValue = "1",
      description =
          "Training seeds that everything is done with; the mean counts (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1, to = AuditConfig.MOST)
  private int members;

  @Option(
      names = "--other-seeds",
      paramLabel = "B",
      defaultValue = "2",
      description =
          "Further training seeds of models on all images, for the noise floor; further checkpoints of"
              + " the ensemble as far as there are any (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1, to = AuditConfig.MOST)
  private int otherSeeds;

  @Option(
      names = "--onward",
      paramLabel = "STEPS",
      description = {
        "Train on from the checkpoint for so many steps, with and without them, and not from the"
            + " beginning: for models that took long.",
        "Default: from the beginning where journey train made the models; otherwise 150 steps onward."
      })
  @InRange(from = 1, to = TrainingConfig.MOST_STEPS)
  private Integer onward;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "1e-3",
      description = "Of training onward, at its first step (default: ${DEFAULT-VALUE}).")
  @InRange(above = 0)
  private double learningRate;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description =
          "Directory for trained models, which audits can share (default: models in --out).")
  private Path models;

  /** Returns how many images are left out of {@code size}. */
  int removed(int size) {
    return removed != null ? removed : Math.max(FEWEST, size / SHARE);
  }

  /** Returns how many of the strongest groups are left out, each by itself. */
  int candidates() {
    return candidates == null ? 1 : candidates;
  }

  /** Refuses options that would do nothing. */
  void requireFit(boolean grouped) {
    if (!grouped && candidates != null) {
      throw new SettingException("--candidates counts groups: name what they are by, --group");
    }
    if (grouped && removed != null) {
      throw new SettingException(
          "--remove counts single images, and whole groups are left out: leave it or --group out");
    }
  }

  /** Returns the column of strata as typed, or null. */
  String strata() {
    return strata;
  }

  /** Returns where trained models are kept. */
  Path models(Path otherwise) {
    return models == null ? otherwise : models;
  }

  /** Returns how models are trained again. */
  Retraining retraining(Ensemble ensemble) {
    if (onward == null && ensemble.manifest() != null) {
      return Retraining.like(ensemble, Coupling.COUPLED);
    }
    String first = ensemble.checkpointNames().get(0);
    int steps = onward == null ? ONWARD_STEPS : onward;
    return Retraining.onward(ensemble.spec(first), steps, learningRate);
  }

  /**
   * Returns how much is trained.
   *
   * @param outside whether random images are drawn beside those left out alone
   * @param stratified what random images have in common with those left out; null: nothing
   */
  AuditConfig config(boolean outside, String stratified, long seed) {
    return new AuditConfig(
        randomSets, members, otherSeeds, outside, stratified, AuditRule.DEFAULT, seed);
  }
}
