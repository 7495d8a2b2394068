package io.journey.cli;

import io.journey.training.Retraining.Coupling;
import picocli.CommandLine.Option;

/**
 * The randomness that models trained again have in common with the ensemble and with each other.
 */
final class CouplingOption {
  @Option(
      names = "--coupling",
      paramLabel = "HOW",
      defaultValue = "coupled",
      description = {
        "coupled: models of one training seed share initial weights, order of images and noise, so"
            + " that the images they are trained on are all they differ in; independent: nothing, as"
            + " in the paper (default: ${DEFAULT-VALUE})."
      })
  private Coupling coupling;

  Coupling value() {
    return coupling;
  }
}
