package io.journey.cli;

import io.journey.run.Counted;
import io.journey.scenes.Emoji;
import io.journey.scenes.SceneMaker;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the captioned demonstration set. */
@Command(
    name = "scenes",
    description = {
      "Make the captioned demonstration set: pictures of two emoji beside each other, such as"
          + " \"a candle and an owl, flat\".",
      "What each half and each style shows is known, so that answers can be checked."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey scenes --out runs/scenes",
      "  journey scenes --out runs/base --without owl,kite --count 2000",
      "  journey scenes --out runs/new --showing owl,kite --count 40"
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
      description = "Pictures, each of another scene (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of the order of scenes and of pairs (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--held-out",
      paramLabel = "N",
      defaultValue = "100",
      description = {
        "Pairs that no picture shows together, in whatever places and style (default:"
            + " ${DEFAULT-VALUE}).",
        "They are in " + SceneMaker.HELD_OUT + "."
      })
  @InRange(from = 0)
  private int heldOut;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description = "Emoji that may be shown (default: all of data/scenes/names.json).")
  private Set<String> only = Set.of();

  @Option(
      names = "--without",
      paramLabel = "NAME",
      split = ",",
      description = "Emoji that no picture shows.")
  private Set<String> without = Set.of();

  @Option(
      names = "--showing",
      paramLabel = "NAME",
      split = ",",
      description = "Each picture shows one of these at least.")
  private Set<String> showing = Set.of();

  @Override
  public void run() {
    Emoji emoji = Emoji.open(ShippedData.folder("scenes"));
    SceneMaker maker = new SceneMaker(emoji, seed, heldOut, only, without, showing);
    maker.write(out, count, console.progress());
    console.say(
        Counted.of(count, "scenes")
            + " with captions are in "
            + out
            + (heldOut == 0
                ? "."
                : "; "
                    + Counted.of(maker.heldOut().size(), "scenes")
                    + " of pairs that none of them shows are in "
                    + SceneMaker.HELD_OUT
                    + " there."));
  }
}
