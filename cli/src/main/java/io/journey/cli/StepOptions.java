package io.journey.cli;

import io.journey.results.Timesteps;
import picocli.CommandLine.Option;

/** The steps at which targets are attributed. */
final class StepOptions {
  @Option(
      names = "--timesteps",
      paramLabel = "TIMESTEPS",
      description =
          "first:last:distance or a list (default: the targets' own steps nearest to 100:900:100).")
  private Timesteps steps = Timesteps.parse("100:900:100").nearest();

  Timesteps steps() {
    return steps;
  }
}
