package io.journey.cli;

import io.journey.score.Attributor;
import picocli.CommandLine.Option;

/** How far features are damped where scores are made with one damping. */
final class DampingOption {
  @Option(
      names = "--damping",
      paramLabel = "C",
      description = "Damping c, at least 0 (default: 0.1).")
  private double damping = Attributor.DEFAULT_DAMPING;

  double damping() {
    return damping;
  }
}
