package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.evaluation.Stability;
import io.journey.features.FeaturizerConfig;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.sampling.Trajectory;
import io.journey.score.Estimators;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks twice and compares. */
@Command(
    name = "stability",
    description = {
      "Make features twice with independent draws and compare the scores: how alike are two answers"
          + " to one question?",
      "Spearman is the correlation of all scores, 1 where they are in the same order; top 10 is how"
          + " many of the ten highest are the same images."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate stability --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' \\",
      "      --target runs/fashion/targets.safetensors --draws 5,10,20 \\",
      "      --out runs/fashion/stability"
    })
final class StabilityCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description = "The ensemble or checkpoint that is asked.")
  private CheckpointSpec checkpoints;

  @Mixin private LoraOptions lora;

  @Mixin private DataOptions data;

  @Mixin private TargetOptions target;

  @Mixin private StepOptions timesteps;

  @Mixin private DampingOption damping;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for features, scores, the table and the figure.")
  private Path out;

  @Option(
      names = "--draws",
      split = ",",
      paramLabel = "R",
      defaultValue = "10,20,40",
      description = "Numbers of draws of training features (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private List<Integer> draws;

  @Option(
      names = "--target-draws",
      paramLabel = "K",
      defaultValue = "40",
      description = "Draws of noise for each step of a target (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int targetDraws;

  @Mixin private FeatureOptions options;

  @Override
  public void run() {
    FeaturizerConfig config = options.config().withPrecision(console.gradientType());
    double damping =
        this.damping.forEstimator(
            Estimators.defaultFor(config.function(), config.preconditioner()));
    Ensemble ensemble = Ensemble.open(lora.on(checkpoints));
    List<Trajectory> targets = target.read(timesteps.steps(), ensemble);
    Dataset images = data.open(console.progress(), ensemble);
    List<Stability.Line> lines =
        new Stability(
                ensemble, images, targets, timesteps.steps(), config, draws, damping, targetDraws)
            .run(out, console.context());
    console.say("draws  other draws of    step  Spearman  top 10  top 100");
    for (Stability.Line line : lines) {
      console.say(
          String.format(
              Locale.ROOT,
              "%5d  %-16s  %4d  %8.2f  %6.1f  %7.1f",
              line.draws(),
              line.compared().name().toLowerCase(Locale.ROOT),
              line.agreement().step(),
              line.agreement().spearman(),
              line.agreement().top10(),
              line.agreement().top100()));
    }
    console.say("Table and figure are in " + out + ".");
  }
}
