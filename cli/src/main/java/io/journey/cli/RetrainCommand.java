package io.journey.cli;

import io.journey.embedding.Embedder;
import io.journey.embedding.Embedders;
import io.journey.encoding.Encoders;
import io.journey.evaluation.removal.RemovalStudy;
import io.journey.evaluation.removal.RemovalTable;
import io.journey.evaluation.removal.RetrainCheck;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes influential images, trains again and compares distributions. */
@Command(
    name = "retrain",
    description = {
      "Do the images with the highest scores matter most for a step? Models are trained again"
          + " without them, and take the place of the original for the steps next to it alone.",
      "Told is by how much the Fréchet distance between the pictures of both rises above that of"
          + " models trained on all images, and how much more than without random images."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate retrain --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' --target runs/fashion/targets.safetensors \\",
      "      --attribution trak=runs/fashion/attribution --embedding classifier:runs/classifier \\",
      "      --remove 100,200 --samples 1000 --out runs/fashion/evaluation/retrain"
    })
final class RetrainCommand implements Runnable {
  private static final int USUAL_TARGETS = 50;

  @Mixin private Console console;

  @Mixin private RemovalOptions removal;

  @Option(
      names = "--timestep",
      paramLabel = "T",
      defaultValue = "400",
      description = "t, where pictures branch off (default: ${DEFAULT-VALUE}).")
  @InRange(from = 0)
  private int step;

  @Option(
      names = "--delta",
      paramLabel = "D",
      defaultValue = "100",
      description =
          "The other model samples the steps from t down to above t - D (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int delta;

  @Option(
      names = "--remove",
      split = ",",
      paramLabel = "K",
      defaultValue = "200,500,1000",
      description = "How many images are removed (default: ${DEFAULT-VALUE}).")
  @InRange(from = 0)
  private List<Integer> removed;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Pictures of each model for each target (default: ${DEFAULT-VALUE}).")
  @InRange(from = 2)
  private int samples;

  @Option(
      names = "--targets",
      paramLabel = "N",
      description = "Only the first N targets (default: the first 50, or all).")
  @InRange(from = 1)
  private Integer targets;

  @Option(
      names = "--embedding",
      required = true,
      paramLabel = "SPEC",
      description =
          "The network whose vectors are compared: Inception for FID as published, or classifier:DIR"
              + " by evaluate classifier.")
  private String embedding;

  @Override
  public void run() {
    try (Embedder embedder = Embedders.open(embedding);
        Encoders.Opened encoders = removal.encoders()) {
      RemovalStudy study =
          removal.study(step, removed, targets, USUAL_TARGETS, encoders, console.progress());
      RetrainCheck check = new RetrainCheck(study, delta, samples, embedder);
      RemovalTable table = check.run(removal.out(), console.context());
      removal.say(console, "distance", table, check.sentences(table), check.warnings());
    }
  }
}
