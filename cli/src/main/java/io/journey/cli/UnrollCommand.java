package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.SettingException;
import io.journey.score.TargetDraws;
import io.journey.score.TrainingInfluence;
import io.journey.unrolling.BackwardSweep;
import java.nio.file.Path;
import java.util.Objects;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores through the training that made the checkpoints. */
@Command(
    name = "unroll",
    description = {
      "Attribute through training itself (the estimator adamw-influence): train each checkpoint"
          + " again, then take its steps back one by one and add up what every image did to the"
          + " targets.",
      "A score says what f_t, the target's loss at step t, would gain if the image had never been met:"
          + " with --exact as a number, otherwise as a rank. No features are needed; it takes some"
          + " trainings' time. Start again to continue."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey unroll --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' \\",
      "      --target runs/fashion/targets.safetensors --timesteps 100,300,500 \\",
      "      --out runs/fashion/unrolled"
    })
final class UnrollCommand implements Runnable {
  private static final int DEFAULT_OUTPUTS = 4;

  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "DIR",
      description = "The ensemble of journey train.")
  private CheckpointSpec checkpoints;

  @Mixin private DataOptions data;

  @ArgGroup(multiplicity = "1")
  private AskedOptions asked;

  @Mixin private OnlyOption only;

  @Mixin private StepOptions timesteps;

  @Mixin private DrawOptions drawing;

  @Option(
      names = "--outputs",
      paramLabel = "R",
      description =
          "Random outputs of each image of a batch, whose gradients stand for the curvature of the loss"
              + " (its Hessian); 0: none, the fastest (default: 4).")
  @InRange(from = 0, to = 1000)
  private Integer outputs;

  @Option(
      names = "--exact",
      description =
          "The Hessian itself (the estimator magic), by two passes over each batch for every target and"
              + " step: for a few of them. Leave --outputs out.")
  private boolean exact;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the scores.")
  private Path out;

  @Override
  public void run() {
    if (exact && outputs != null) {
      throw new SettingException("--exact has no random outputs: leave --outputs out");
    }
    Timesteps wanted = timesteps.steps();
    Ensemble ensemble = Ensemble.open(checkpoints);
    Dataset images = data.open(console.progress(), ensemble);
    AskedOptions.Asked about = asked.read(ensemble, images, wanted, drawing.seed(), console);
    BackwardSweep.Curvature curvature =
        exact
            ? BackwardSweep.Curvature.EXACT
            : new BackwardSweep.Curvature(Objects.requireNonNullElse(outputs, DEFAULT_OUTPUTS));
    Attribution attribution =
        TrainingInfluence.of(ensemble, images, curvature)
            .withDraws(
                new TargetDraws(drawing.draws(), drawing.seed(), drawing.patches(about.shape())))
            .stage(only.of(about.targets()), wanted)
            .run(out, console.context());
    console.say(AskedOptions.told(attribution, out));
  }
}
