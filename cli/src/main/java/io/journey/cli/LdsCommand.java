package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.evaluation.lds.GroundTruthRun;
import io.journey.evaluation.lds.LdsStudy;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.results.EvaluationResult;
import io.journey.results.lds.GroundTruth;
import io.journey.run.Counted;
import io.journey.run.RunStatus;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains models on random subsets and asks who predicts what they do. */
@Command(
    name = "lds",
    description = {
      "Train models on random subsets of the data and measure how well scores predict what they do:"
          + " the linear datamodeling score (LDS) per step, of any list of estimators.",
      "Subsets and what their models do stay in --ground-truth: another estimator is judged by them"
          + " in a minute. Start again to continue."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate lds --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' \\",
      "      --target runs/fashion/targets.safetensors \\",
      "      --features runs/fashion/features --ground-truth runs/fashion/truth \\",
      "      --subsets 64 --seeds 2 --out runs/fashion/lds"
    })
final class LdsCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description = "The ensemble whose samples are attributed.")
  private CheckpointSpec checkpoints;

  @Mixin private DataOptions data;

  @Mixin private TargetOptions target;

  @Mixin private StepOptions timesteps;

  @Mixin private JudgedOptions judged;

  @Option(
      names = "--oracle",
      paramLabel = "DIR",
      description =
          "A ground truth made with --leave-one-out of the same targets and steps: what each image does"
              + " by itself, as an estimator beside the others.")
  private Path oracle;

  @Mixin private GroundTruthOptions truths;

  @Option(
      names = "--beside",
      paramLabel = "NAME=DIR",
      description =
          "Another finished ground truth of the same targets and steps, such as one of other seeds or of"
              + " another fraction: what the same scores reach there stands beside; again for more.")
  private Map<String, Path> beside = new LinkedHashMap<>();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the tables and the figure.")
  private Path out;

  @Override
  public void run() {
    truths.check();
    requireApart();
    Ensemble ensemble = Ensemble.open(checkpoints);
    List<Trajectory> targets = target.read(timesteps.steps(), ensemble);
    int[] steps = timesteps.steps().among(targets.get(0).timesteps());
    Dataset images = data.open(console.progress(), ensemble);
    GroundTruthRun run = truths.run(ensemble, images, target.path(), targets, steps);
    GroundTruth leftOut = oracle == null ? null : GroundTruth.open(oracle);
    Map<String, GroundTruth> others = new LinkedHashMap<>();
    beside.forEach((name, directory) -> others.put(name, GroundTruth.open(directory)));
    Stream.concat(others.values().stream(), Stream.ofNullable(leftOut))
        .forEach(other -> LdsStudy.requireOf(other, images, targets, steps));
    judged.check(ensemble, images, targets, steps, leftOut);
    requireNotOfFewer(run);
    GroundTruth truth = run.run(truths.directory(), console.context());
    EvaluationResult result =
        judged.judge(
            ensemble,
            images,
            targets,
            leftOut,
            all -> new LdsStudy(truth, others, all).run(out, console.context()));
    console.say(result);
    console.say("Tables and figure are in " + out + ".");
  }

  /** Hours of training are not spent on a result that has no place. */
  private void requireNotOfFewer(GroundTruthRun run) {
    if (!RunStatus.isRunDirectory(out) || !RunStatus.isRunDirectory(truths.directory())) {
      return;
    }
    int there = RunStatus.of(truths.directory()).settings().path(run.unitsSetting()).asInt();
    if (there < run.count()) {
      throw new SettingException(
          out
              + " is of the "
              + Counted.of(there, "subsets")
              + " that "
              + truths.directory()
              + " had: name another --out for "
              + run.count());
    }
  }

  /** A truth that judges itself reaches 100. */
  private void requireApart() {
    Set<Path> named = new HashSet<>();
    Stream.concat(
            Stream.of(truths.directory()),
            Stream.concat(Stream.ofNullable(oracle), beside.values().stream()))
        .map(directory -> directory.toAbsolutePath().normalize())
        .forEach(
            directory -> {
              if (!named.add(directory)) {
                throw new SettingException(
                    directory
                        + " is named twice among --ground-truth, --oracle and --beside: what it says"
                        + " would be judged by itself");
              }
            });
  }
}
