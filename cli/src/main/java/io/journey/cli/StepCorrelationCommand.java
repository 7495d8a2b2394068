package io.journey.cli;

import io.journey.results.steps.StepCorrelation;
import io.journey.results.steps.StepCorrelation.AtDistance;
import io.journey.results.steps.StepCorrelationRun;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares the scores of steps. */
@Command(
    name = "timesteps",
    description = {
      "How alike are the scores of one target at two timesteps, the further these are apart?",
      "Spearman is the correlation of all scores, 1 where they are in the same order; beside it"
          + " stands that with the scores of other targets."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate timesteps --attribution runs/fashion/attribution \\",
      "      --out runs/fashion/evaluation/timesteps"
    })
final class StepCorrelationCommand implements Runnable {
  @Mixin private Console console;

  @Mixin private StepCheckOptions options;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Chooses which other targets are compared with (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public void run() {
    StepCorrelation found =
        new StepCorrelationRun(options.scores(), seed).run(options.out(), console.context());
    console.say("steps apart  Spearman  ± error  with other targets");
    for (AtDistance at : found.distances()) {
      console.say(
          String.format(
              Locale.ROOT,
              "%11d  %8.3f  %7.3f  %18.3f",
              at.distance(),
              at.same().mean(),
              at.same().standardError(),
              at.other().mean()));
    }
    console.say("Tables and figures are in " + options.out() + ".");
  }
}
