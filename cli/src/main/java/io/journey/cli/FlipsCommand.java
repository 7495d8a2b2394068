package io.journey.cli;

import io.journey.results.Attribution;
import io.journey.results.steps.SignFlips;
import io.journey.results.steps.SignFlips.AtK;
import io.journey.results.steps.SignFlips.Flip;
import io.journey.results.steps.SignFlipsRun;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Searches images that push both ways. */
@Command(
    name = "flips",
    description = {
      "Does a training image that pushes most towards a target at one timestep push most against it at another?",
      "For each K: the share of targets with an image among the K highest scores at one step and"
          + " the K lowest at another, and how much of the K highest two steps share; both beside"
          + " what random scores would give."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate flips --attribution runs/fashion/attribution \\",
      "      --out runs/fashion/evaluation/flips --top 1,10,100"
    })
final class FlipsCommand implements Runnable {
  private static final int TOLD = 5;

  @Mixin private Console console;

  @Mixin private StepCheckOptions options;

  @Option(
      names = "--top",
      split = ",",
      paramLabel = "K",
      description =
          "Numbers of images, at most half of the training images (default: 16 from 1 to 100).")
  @InRange(from = 1)
  private List<Integer> top;

  @Override
  public void run() {
    Attribution scores = options.scores();
    SignFlipsRun run = top == null ? SignFlipsRun.of(scores) : new SignFlipsRun(scores, top);
    SignFlips found = run.run(options.out(), console.context());
    console.say("  top K  targets with a flip  by chance  shared by two steps  by chance");
    for (AtK at : found.curve()) {
      console.say(
          String.format(
              Locale.ROOT,
              "%7d  %18.0f %%  %7.0f %%  %17.1f %%  %7.1f %%",
              at.k(),
              100 * at.share().mean(),
              100 * at.randomShare(),
              100 * at.overlap().mean(),
              100 * at.randomOverlap()));
    }
    console.say("The most striking:");
    found.flips().stream().limit(TOLD).map(Flip::sentence).forEach(console::say);
    console.say("Tables and figures are in " + options.out() + ".");
  }
}
