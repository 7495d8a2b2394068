package io.journey.cli;

import io.journey.run.SettingException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole flow on the data that come with Journey. */
@Command(
    name = "quickstart",
    description = {
      "Go the whole way to a page, in minutes: a model that comes with Journey draws from prompts, and is"
          + " asked which training images made it draw so.",
      "With --train models are trained first, on garments without words."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {"  journey quickstart", "  journey quickstart --train --out runs/second --seed 2"})
final class QuickstartCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Directory for everything (default: runs/scenes; with --train runs/quickstart).")
  private Path out;

  @Option(names = "--train", description = "Train two small models from nothing, and ask them.")
  private boolean train;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Training images (default: 2000; with --train 1000).")
  @InRange(from = 1, to = ScenesQuickstart.SCENES)
  private Integer images;

  @Option(
      names = "--training-steps",
      paramLabel = "N",
      description = "Training steps of each model, with --train (default: 1000).")
  @InRange(from = 1)
  private Integer steps;

  @Option(
      names = "--targets",
      paramLabel = "N",
      description = "Images that are sampled and attributed (default: 6; with --train 12).")
  @InRange(from = 1)
  private Integer targets;

  @Override
  public void run() {
    if (train) {
      new FashionQuickstart(console, seed, or(images, 1000), or(steps, 1000), or(targets, 12))
          .run(new QuickstartStages(or(out, Path.of("runs/quickstart")), console));
      return;
    }
    if (steps != null) {
      throw new SettingException(
          "--training-steps are of models that are trained: add --train, or leave it out");
    }
    new ScenesQuickstart(console, seed, or(images, ScenesQuickstart.SCENES), or(targets, 6))
        .run(new QuickstartStages(or(out, Path.of("runs/scenes")), console));
  }

  private static <T> T or(T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
