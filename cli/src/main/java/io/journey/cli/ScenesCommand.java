package io.journey.cli;

import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a captioned demonstration set. */
@Command(
    name = "scenes",
    description = {
      "Make a folder of captioned pictures whose content is known: two things side by side, in one of"
          + " two styles.",
      "held-out.prompts has prompts of pairs that no picture shows."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey scenes --out runs/scenes --count 2000",
      "  journey scenes --out runs/tuning --count 360 --new dragon,teapot --new-count 40"
    })
final class ScenesCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the pictures, empty or new.")
  private Path out;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Pictures of the usual things (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int count;

  @Option(
      names = "--new",
      split = ",",
      paramLabel = "WORDS",
      description = "Things that the usual pictures do not show, such as dragon,teapot.")
  private List<String> news = List.of();

  @Option(
      names = "--new-count",
      paramLabel = "N",
      defaultValue = "40",
      description = "Further pictures, each with one of them (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int newCount;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public void run() {
    if (Files.exists(out) && (!Files.isDirectory(out) || out.toFile().list().length > 0)) {
      throw new JourneyException(out + " is not an empty directory: name another.");
    }
    Scenes scenes = new Scenes(QuickstartCommand.shipped("scenes"));
    List<Scenes.Scene> usual = scenes.choose(seed, count);
    List<Scenes.Scene> further =
        news.isEmpty() ? List.of() : scenes.chooseWith(seed, newCount, news);
    scenes.write(out, seed, usual, further);
    console.say(
        Counted.of(usual.size() + further.size(), "pictures")
            + " with captions are in "
            + out
            + ".");
  }
}
