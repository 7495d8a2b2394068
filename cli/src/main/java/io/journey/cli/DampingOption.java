package io.journey.cli;

import io.journey.preconditioner.PreconditionerConfig;
import io.journey.run.SettingException;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import picocli.CommandLine.Option;

/** The option of the damping, where scores are made with one. */
final class DampingOption {
  @Option(
      names = "--damping",
      paramLabel = "C",
      description =
          "Damping c, at least 0, of estimators that have one beside that of their features"
              + " (default: 1).")
  @InRange(from = 0)
  private Double damping;

  /**
   * Returns the damping for an estimator.
   *
   * @throws SettingException if one was given that is negative, or the estimator has none
   */
  double forEstimator(Estimator estimator) {
    Damping asked = damping == null ? Damping.DEFAULT : new Damping(damping);
    if (damping != null && !estimator.needs().damped()) {
      throw new SettingException(
          "--damping "
              + damping
              + " changes nothing of "
              + estimator.name()
              + (estimator.needs().preconditioner() != PreconditionerConfig.Kind.NONE
                  ? ", whose damping is in its features: featurize with --preconditioner ekfac:C"
                  : ": leave it out"));
    }
    return asked.c();
  }
}
