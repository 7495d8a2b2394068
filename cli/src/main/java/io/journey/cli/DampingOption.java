package io.journey.cli;

import io.journey.score.Attributor;
import io.journey.score.Estimator;
import picocli.CommandLine.Option;

/** How far features are damped where scores are made with one damping. */
final class DampingOption {
  @Option(
      names = "--damping",
      paramLabel = "C",
      description =
          "Damping c, at least 0, of estimators that have one (default: 1; ek-fac has it in its"
              + " features).")
  private Double damping;

  /**
   * The damping for an estimator.
   *
   * @throws IllegalArgumentException if one was given and the estimator has none
   */
  double of(Estimator estimator) {
    if (damping != null && !estimator.damped()) {
      throw new IllegalArgumentException(
          "--damping "
              + damping
              + " changes nothing of "
              + estimator.name()
              + (estimator.preconditioned()
                  ? ", whose damping is in its features: featurize with --preconditioner ekfac:C"
                  : ": leave it out"));
    }
    return damping == null ? Attributor.DEFAULT_DAMPING : damping;
  }
}
