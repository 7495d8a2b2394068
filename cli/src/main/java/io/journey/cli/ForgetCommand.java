package io.journey.cli;

import io.journey.encoding.Encoders;
import io.journey.evaluation.removal.ForgetCheck;
import io.journey.evaluation.removal.RemovalStudy;
import io.journey.evaluation.removal.RemovalTable;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes influential images, trains again and draws the same noise. */
@Command(
    name = "forget",
    description = {
      "Does a model forget a picture when it is trained again without the images with the highest"
          + " scores?",
      "It samples from the same start with the same noise; told is how far its picture is from the"
          + " original, beside random removal and models trained on all images."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate forget --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' --target runs/fashion/targets.safetensors \\",
      "      --attribution trak=runs/fashion/attribution --remove 100,500 \\",
      "      --out runs/fashion/evaluation/forget"
    })
final class ForgetCommand implements Runnable {
  private static final int USUAL_TARGETS = 60;

  @Mixin private Console console;

  @Mixin private RemovalOptions removal;

  @Option(
      names = "--timestep",
      paramLabel = "T",
      defaultValue = "300",
      description = "t of the scores (default: ${DEFAULT-VALUE}).")
  @InRange(from = 0)
  private int step;

  @Option(
      names = "--remove",
      split = ",",
      paramLabel = "K",
      defaultValue = "500,1000,4000",
      description = "How many images are removed (default: ${DEFAULT-VALUE}).")
  @InRange(from = 0)
  private List<Integer> removed;

  @Option(
      names = "--targets",
      paramLabel = "N",
      description = "Only the first N targets (default: the first 60, or all).")
  @InRange(from = 1)
  private Integer targets;

  @Override
  public void run() {
    try (Encoders.Opened encoders = removal.encoders()) {
      RemovalStudy study =
          removal.study(step, removed, targets, USUAL_TARGETS, encoders, console.progress());
      ForgetCheck check = new ForgetCheck(study);
      RemovalTable table = check.run(removal.out(), console.context());
      removal.say(console, "l2 distance", table, check.sentences(table), check.warnings());
    }
  }
}
