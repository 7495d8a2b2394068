package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.evaluation.lds.MetasmoothnessRun;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.results.EvaluationResult;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import io.journey.training.Retraining;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains with one image counting half. */
@Command(
    name = "metasmoothness",
    description = {
      "Does half of an image do half of what it does? Models are trained without single images and with"
          + " them counting half, coupled to the first checkpoint, and all are asked about the targets.",
      "Where a training is chaotic no influence of first order can mean much, and a warning says so."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate metasmoothness --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' \\",
      "      --target runs/fashion/targets.safetensors --images 8 \\",
      "      --out runs/fashion/evaluation/metasmoothness"
    })
final class MetasmoothnessCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description = "The ensemble whose training is asked about, of journey train.")
  private CheckpointSpec checkpoints;

  @Mixin private DataOptions data;

  @Mixin private TargetOptions target;

  @Mixin private StepOptions timesteps;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "8",
      description = {
        "Random images, each of which takes two trainings (default: ${DEFAULT-VALUE}).",
        "A finished directory of fewer gets those it lacks."
      })
  @InRange(from = 2)
  private int images;

  @Option(
      names = "--draws",
      paramLabel = "K",
      defaultValue = "20",
      description = "Draws of noise for each answer of a model, even (default: ${DEFAULT-VALUE}).")
  @InRange(from = 2)
  private int draws;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of the images and of the noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the models and the table.")
  private Path out;

  @Override
  public void run() {
    if (draws % 2 != 0) {
      throw new SettingException("--draws must be even, got " + draws);
    }
    Ensemble ensemble = Ensemble.open(checkpoints);
    List<Trajectory> targets = target.read(timesteps.steps(), ensemble);
    int[] steps = timesteps.steps().among(targets.get(0).timesteps());
    Dataset all = data.open(console.progress(), ensemble);
    EvaluationResult result =
        new MetasmoothnessRun(
                ensemble,
                Retraining.besides(ensemble, Retraining.Coupling.COUPLED),
                all,
                targets,
                steps,
                images,
                draws,
                seed)
            .run(out, console.context());
    console.say(result);
    console.say("The table is in " + out + ".");
  }
}
