package io.journey.score;

import io.journey.diffusion.ModelOutput;
import io.journey.features.FeatureStore;
import io.journey.projection.CurvatureConfig;
import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.List;

/**
 * From projected gradients of training images and targets to scores. Each estimator is one file;
 * what they share is {@link Spectrum}. Formulas and sources: {@code docs/methods/estimators.md}.
 */
public interface Estimator {
  /** Which gradient of a target is taken. */
  enum Target {
    /** Of f_t at x̂0^(t): every step has its own (Eq. 3 of Georgiev et al.). */
    AT_STEP,
    /** Of the training loss of the finished image, averaged over steps: all steps have the same. */
    AVERAGED
  }

  /** Its name in tables and on the command line, such as {@code journey-trak}. */
  String name();

  /** What features must be gradients of. */
  default ModelOutput output() {
    return ModelOutput.LOSS;
  }

  /** Whether features must be whitened by the model's curvature. */
  default boolean whitened() {
    return false;
  }

  /** Which gradient of targets it takes. */
  default Target target() {
    return Target.AT_STEP;
  }

  /** Whether its scores depend on a damping. */
  default boolean damped() {
    return true;
  }

  /**
   * Whether the scores are Φ(ΦᵀΦ + λI)⁻¹g and no more, which {@link DampedSolver} gives for any
   * number of examples.
   */
  default boolean isInfluence() {
    return false;
  }

  /** Whether the scores are Φg and no more, for any number of examples. */
  default boolean isProduct() {
    return false;
  }

  /** Whether it can work with some features. */
  default boolean fits(FeatureStore features) {
    return fits(features.function(), features.curvature());
  }

  /** Whether it can work with features of a function, with a curvature. */
  default boolean fits(ModelOutput function, CurvatureConfig curvature) {
    return output() == function && whitened() != curvature.equals(CurvatureConfig.NONE);
  }

  /** The one that features are for where nothing else is said: ek-fac, journey-trak or d-trak. */
  static Estimator of(FeatureStore features) {
    return of(features.function(), features.curvature());
  }

  /** The one that features of a function, with a curvature, are for. */
  static Estimator of(ModelOutput function, CurvatureConfig curvature) {
    return all().stream()
        .filter(e -> e.fits(function, curvature))
        .findFirst()
        .orElseThrow(
            () ->
                new JourneyException(
                    "No estimator works with features of the function "
                        + function
                        + " and curvature "
                        + curvature
                        + ": featurize with --curvature none."));
  }

  /** The estimator of this name. */
  static Estimator parse(String name) {
    return all().stream()
        .filter(e -> e.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "estimator "
                        + name
                        + " is unknown: use one of "
                        + String.join(", ", all().stream().map(Estimator::name).toList())));
  }

  /**
   * The scores of all examples by one checkpoint.
   *
   * @param features Φ of the checkpoint
   * @param target Vᵀg, [r]; see {@link Spectrum#targets}
   * @param lambda λ ≥ 0; ignored where nothing is damped
   * @return [N]; positive: training on the example makes x̂0 more likely
   */
  double[] scores(Features features, double[] target, double lambda);

  /**
   * What estimators know of the training images.
   *
   * @param spectrum of Φ
   * @param residuals the root mean squared error ε − ε_θ of each example, [N]; null where no
   *     estimator needs it
   */
  record Features(Spectrum spectrum, double[] residuals) {}

  /** All estimators, in the order of tables. */
  static List<Estimator> all() {
    List<Estimator> all = new ArrayList<>();
    all.add(new JourneyTrak());
    all.add(new Trak());
    all.add(new DTrak());
    all.add(new GradientDot());
    all.add(new GradientCosine());
    all.add(new RelativeInfluence());
    all.add(new RenormalizedInfluence());
    all.add(new Das(false));
    all.add(new Das(true));
    all.add(new EkfacInfluence());
    return List.copyOf(all);
  }
}
