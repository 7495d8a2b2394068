package io.journey.score;

import static java.util.Objects.requireNonNull;

import io.journey.diffusion.OutputFunction;
import io.journey.features.FeatureStore;
import io.journey.preconditioner.PreconditionerConfig;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The features and targets that an estimator needs.
 *
 * @param function whose gradients features are
 * @param preconditioner what gradients are multiplied by before their projection
 * @param target which gradient of a target is taken
 * @param residuals whether the errors of training images are needed
 * @param damped whether scores depend on (ΦᵀΦ + λI)⁻¹, and so on a {@link Damping}. Features for
 *     which that matrix is too large, or singular, are refused
 */
@RecordBuilder
public record FeatureRequirement(
    OutputFunction function,
    PreconditionerConfig.Kind preconditioner,
    Target target,
    boolean residuals,
    boolean damped)
    implements FeatureRequirementBuilder.With {
  /** Which gradient of a target is taken. */
  public enum Target {
    /** That of f_t at x̂0^(t): every step has its own (Eq. 3 of Georgiev et al.). */
    AT_STEP,
    /** That of the training loss of the finished image, the mean over steps: all have the same. */
    AVERAGED
  }

  public FeatureRequirement {
    requireNonNull(function, "function");
    requireNonNull(preconditioner, "preconditioner");
    requireNonNull(target, "target");
  }

  /** Plain gradients of a function, those of targets at each step, no residuals, no damping. */
  public static FeatureRequirement of(OutputFunction function) {
    return new FeatureRequirement(
        function, PreconditionerConfig.Kind.NONE, Target.AT_STEP, false, false);
  }

  /** Returns whether features are gradients of the right function with the right preconditioner. */
  public boolean isServedBy(FeatureStore features) {
    return isServedBy(features.function(), features.preconditioner());
  }

  /** Returns whether such features are gradients of the right function and preconditioner. */
  public boolean isServedBy(OutputFunction of, PreconditionerConfig with) {
    return function == of && preconditioner.isLike(with.kind());
  }

  /** Returns the features as the options of {@code journey featurize} that make them. */
  public String options() {
    return options(function, new PreconditionerConfig(preconditioner, preconditionerDamping()));
  }

  private double preconditionerDamping() {
    return preconditioner == PreconditionerConfig.Kind.NONE
        ? 0
        : PreconditionerConfig.DEFAULT_DAMPING;
  }

  static String options(OutputFunction function, PreconditionerConfig preconditioner) {
    String kind = preconditioner.toString().split(":", 2)[0];
    return (function == OutputFunction.LOSS ? "" : "--function " + function + " ")
        + "--preconditioner "
        + kind;
  }
}
