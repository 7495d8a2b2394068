package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.evaluation.retrieval.RetrievalStudy;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.results.EvaluationResult;
import io.journey.sampling.Trajectory;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks which scores find the training images that a picture comes from. */
@Command(
    name = "retrieval",
    description = {
      "Hide images of another source among the training images, attribute pictures of that source, and"
          + " see which scores put the hidden images first: average precision and recall per step. No"
          + " model is trained.",
      "The checkpoints were trained with the hidden images in their data; all targets are of the hidden"
          + " source."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate retrieval --checkpoints runs/mixed/checkpoints \\",
      "      --data mixed --hidden class=digit --image digits-held-out \\",
      "      --features runs/mixed/features --timesteps 100:500:100 \\",
      "      --out runs/mixed/retrieval",
      "  journey evaluate retrieval ... --hidden id=@hidden.txt \\",
      "      --target drawings.safetensors --only 3,17,40"
    })
final class RetrievalCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description = "The ensemble that was trained with the hidden images.")
  private CheckpointSpec checkpoints;

  @Mixin private DataOptions data;

  @Option(
      names = "--hidden",
      required = true,
      paramLabel = "CONDITION",
      description =
          "Which training images are the hidden ones: class=digit, id=@FILE with an id a line, or"
              + " COLUMN=VALUE of a column beside the images.")
  private String hidden;

  @ArgGroup(multiplicity = "1")
  private AskedOptions asked;

  @Mixin private OnlyOption only;

  @Mixin private StepOptions timesteps;

  @Mixin private JudgedOptions judged;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of the noise of pictures by --image (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the tables and the figure.")
  private Path out;

  @Override
  public void run() {
    Ensemble ensemble = Ensemble.open(checkpoints);
    Dataset images = data.open(console.progress(), ensemble);
    List<Trajectory> targets =
        only.of(asked.read(ensemble, images, timesteps.steps(), seed, console).targets());
    int[] steps = timesteps.steps().among(targets.get(0).timesteps());
    BitSet source = data.matching(images, hidden, console.progress());
    EvaluationResult result =
        judged.judge(
            ensemble,
            images,
            targets,
            null,
            all -> new RetrievalStudy(all, steps, source).run(out, console.context()));
    console.say(result);
    console.say("Tables and figure are in " + out + ".");
  }
}
