package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.evaluation.lds.GroundTruthRun;
import io.journey.evaluation.lds.TruthMeasure;
import io.journey.model.Ensemble;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Lds;
import io.journey.results.lds.LeaveOneOut;
import io.journey.results.lds.RandomSubsets;
import io.journey.results.lds.Subsets;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.RunStatus;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import io.journey.training.Retraining;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models a ground truth trains, and what it asks them. */
final class GroundTruthOptions {
  private static final int DEFAULT_SUBSETS = 100;
  private static final double DEFAULT_FRACTION = 0.5;
  private static final int DEFAULT_SEEDS = 2;

  @Option(
      names = "--ground-truth",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the subsets and of what their models do.")
  private Path groundTruth;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "Directory of the models (default: models inside --ground-truth).")
  private Path models;

  @Option(
      names = "--subsets",
      paramLabel = "N",
      description = {
        "Random subsets, 6 or more (default: 100, the paper's).",
        "A finished ground truth of fewer gets those it lacks."
      })
  @InRange(from = 2)
  private Integer subsets;

  @Option(
      names = "--fraction",
      paramLabel = "F",
      description = "Of the data in each subset (default: 0.5).")
  @InRange(above = 0, below = 1)
  private Double fraction;

  @Option(
      names = "--leave-one-out",
      description =
          "In place of random subsets: all images but one, once without each. Leave --subsets and"
              + " --fraction out.")
  private boolean leaveOneOut;

  @Option(
      names = "--seeds",
      paramLabel = "R",
      description = {
        "Models of each subset (default: 2; of own seeds, as many as there are checkpoints).",
        "Of own seeds, the first R checkpoints are attributed."
      })
  @InRange(from = 1)
  private Integer seeds;

  private static final List<String> TRUTHS = List.of("other-seeds", GroundTruth.OWN_SEED);

  private static final class Truths implements Iterable<String>, ITypeConverter<String> {
    @Override
    public Iterator<String> iterator() {
      return TRUTHS.iterator();
    }

    @Override
    public String convert(String value) {
      if (!TRUTHS.contains(value)) {
        throw new ChoiceException(TRUTHS);
      }
      return value;
    }
  }

  @Option(
      names = "--truth",
      paramLabel = "WHICH",
      defaultValue = "other-seeds",
      converter = Truths.class,
      completionCandidates = Truths.class,
      description = {
        "Whose randomness the models have: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
        "other-seeds: none of the attributed checkpoints', which judges estimator and ensemble;",
        "own-seed: each model that of a checkpoint (coupled training), which judges the estimator alone."
      })
  private String truth;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = {
        "Seed of subsets, training and noise (default: ${DEFAULT-VALUE}); of own seeds, of subsets alone.",
        "With another than the ensemble's, models share nothing with the attributed checkpoints."
      })
  private long seed;

  @Mixin private CouplingOption coupling;

  private enum Measure {
    LOSS,
    PICTURE
  }

  @Option(
      names = "--measure",
      paramLabel = "WHAT",
      defaultValue = "loss",
      description = {
        "What is predicted of a model: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
        "loss: its loss at each step; picture: how far the picture is that it draws from the target's"
            + " start and noise, the same for all steps."
      })
  private Measure measure;

  @Option(
      names = "--draws",
      paramLabel = "K",
      defaultValue = "20",
      description = "Draws of noise for each output of a model, even (default: ${DEFAULT-VALUE}).")
  @InRange(from = 2)
  private int draws;

  private boolean isOwnSeed() {
    return truth.equals(GroundTruth.OWN_SEED);
  }

  /** Refuses what no model need be asked to refuse. */
  void check() {
    if (draws % 2 != 0) {
      throw new SettingException("--draws must be even, got " + draws);
    }
    if (RunStatus.isRunDirectory(groundTruth)) {
      String begun = RunStatus.of(groundTruth).settings().path("truth").asText(TRUTHS.get(0));
      if (!begun.equals(truth)) {
        throw new SettingException(
            groundTruth
                + " was begun with --truth "
                + begun
                + ", this run asks for "
                + truth
                + ": say --truth "
                + begun
                + ", or name a new directory");
      }
    }
  }

  /** Returns where the ground truth is. */
  Path directory() {
    return groundTruth;
  }

  /**
   * Returns the stage that makes it.
   *
   * @param file of the targets
   * @param targets read at some of their steps
   * @param steps those asked about
   */
  GroundTruthRun run(
      Ensemble ensemble, Dataset data, Path file, List<Trajectory> targets, int[] steps) {
    Subsets drawn = subsets(data.size());
    int count = leaveOneOut ? data.size() : Objects.requireNonNullElse(subsets, DEFAULT_SUBSETS);
    Lds.requireEnough(count, targets.size());
    return new GroundTruthRun(
        retraining(ensemble),
        data,
        targets,
        steps,
        drawn,
        count,
        seeds(ensemble),
        measure == Measure.PICTURE
            ? TruthMeasure.Picture.of(ensemble, file)
            : new TruthMeasure.Loss(draws),
        isOwnSeed(),
        models == null ? Confined.path(groundTruth, "models") : models);
  }

  private Subsets subsets(int examples) {
    if (!leaveOneOut) {
      return new RandomSubsets(
          examples, Objects.requireNonNullElse(fraction, DEFAULT_FRACTION), seed);
    }
    if (subsets != null || fraction != null) {
      throw new SettingException(
          "--leave-one-out says what the subsets are: leave --subsets and --fraction out");
    }
    return new LeaveOneOut(examples);
  }

  private int seeds(Ensemble ensemble) {
    int checkpoints = ensemble.checkpointNames().size();
    if (!isOwnSeed()) {
      return Objects.requireNonNullElse(seeds, DEFAULT_SEEDS);
    }
    if (seeds != null && seeds > checkpoints) {
      throw new SettingException(
          "--seeds must be at most the "
              + Counted.of(checkpoints, "checkpoints")
              + " whose own seeds are asked for, got "
              + seeds);
    }
    return Objects.requireNonNullElse(seeds, checkpoints);
  }

  private Retraining retraining(Ensemble ensemble) {
    if (!isOwnSeed()) {
      return Retraining.like(ensemble, coupling.value()).withSeed(seed);
    }
    if (coupling.value() != Retraining.Coupling.COUPLED) {
      throw new SettingException(
          "--truth own-seed needs models that share their checkpoint's randomness: leave --coupling"
              + " independent out");
    }
    return Retraining.besides(ensemble, coupling.value());
  }
}
