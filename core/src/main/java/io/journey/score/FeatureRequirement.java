package io.journey.score;

import static java.util.Objects.requireNonNull;

import io.journey.diffusion.ModelOutput;
import io.journey.features.FeatureStore;
import io.journey.projection.CurvatureConfig;

/**
 * What an estimator needs of features and of targets.
 *
 * @param function whose gradients features are
 * @param curvature what gradients are multiplied by before their projection
 * @param target which gradient of a target is taken
 * @param residuals whether the errors of training images are needed
 * @param damped whether scores depend on (ΦᵀΦ + λI)⁻¹, and so on a {@link Damping}. Features for
 *     which that matrix is too large, or singular, are refused
 */
public record FeatureRequirement(
    ModelOutput function,
    CurvatureConfig.Kind curvature,
    Target target,
    boolean residuals,
    boolean damped) {
  /** Which gradient of a target is taken. */
  public enum Target {
    /** That of f_t at x̂0^(t): every step has its own (Eq. 3 of Georgiev et al.). */
    AT_STEP,
    /** That of the training loss of the finished image, the mean over steps: all have the same. */
    AVERAGED
  }

  public FeatureRequirement {
    requireNonNull(function, "function");
    requireNonNull(curvature, "curvature");
    requireNonNull(target, "target");
  }

  /** Plain gradients of a function, those of targets at each step, no residuals, no damping. */
  public static FeatureRequirement of(ModelOutput function) {
    return new FeatureRequirement(
        function, CurvatureConfig.Kind.NONE, Target.AT_STEP, false, false);
  }

  /** Returns the same with another curvature. */
  public FeatureRequirement withCurvature(CurvatureConfig.Kind other) {
    return new FeatureRequirement(function, other, target, residuals, damped);
  }

  /** Returns the same with another gradient of targets. */
  public FeatureRequirement withTarget(Target other) {
    return new FeatureRequirement(function, curvature, other, residuals, damped);
  }

  /** Returns the same with the errors of training images. */
  public FeatureRequirement withResiduals() {
    return new FeatureRequirement(function, curvature, target, true, damped);
  }

  /** Returns the same with (ΦᵀΦ + λI)⁻¹. */
  public FeatureRequirement withDamping() {
    return new FeatureRequirement(function, curvature, target, residuals, true);
  }

  /** Returns whether features are gradients of the right function with the right curvature. */
  public boolean isServedBy(FeatureStore features) {
    return isServedBy(features.function(), features.curvature());
  }

  /** Returns whether such features are gradients of the right function and curvature. */
  public boolean isServedBy(ModelOutput of, CurvatureConfig with) {
    return function == of && curvature == with.kind();
  }

  /** Returns the features as the options of {@code journey featurize} that make them. */
  public String options() {
    return options(function, new CurvatureConfig(curvature, curvatureDamping()));
  }

  private double curvatureDamping() {
    return curvature == CurvatureConfig.Kind.NONE ? 0 : CurvatureConfig.DEFAULT_DAMPING;
  }

  static String options(ModelOutput function, CurvatureConfig curvature) {
    String kind = curvature.toString().split(":", 2)[0];
    return (function == ModelOutput.LOSS ? "" : "--function " + function + " ")
        + "--curvature "
        + kind;
  }
}
