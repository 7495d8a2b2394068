package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.Counted;
import io.journey.run.Stage;
import io.journey.sampling.Trajectory;
import io.journey.score.TargetDraws;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an estimator that needs no features is asked: it trains checkpoints itself. */
final class FeaturelessOptions {
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
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the scores.")
  private Path out;

  /** The questions, read. */
  record Questions(
      Ensemble ensemble,
      Dataset data,
      List<Trajectory> targets,
      Timesteps steps,
      TargetDraws draws) {}

  /**
   * Reads the questions, has them answered, and says what scores there are now.
   *
   * @param stage that answers them
   */
  Attribution attribute(Function<Questions, Stage<Attribution>> stage, Console console) {
    Timesteps steps = timesteps.steps();
    Ensemble ensemble = Ensemble.open(checkpoints);
    Dataset images = data.open(console.progress(), ensemble);
    AskedOptions.Asked about = asked.read(ensemble, images, steps, drawing.seed(), console);
    TargetDraws draws =
        new TargetDraws(drawing.draws(), drawing.seed(), drawing.patches(about.shape()));
    List<Trajectory> targets = only.of(about.targets());
    Attribution attribution =
        stage
            .apply(new Questions(ensemble, images, targets, steps, draws))
            .run(out, console.context());
    console.say(
        String.format(
            "Scores of %s for %s at %s are in %s.",
            Counted.of(attribution.size(), "training images"),
            Counted.of(attribution.targets(), "targets"),
            Counted.of(attribution.steps().length, "steps"),
            out));
    return attribution;
  }
}
