package io.journey.score;

import io.journey.diffusion.ModelOutput;
import io.journey.features.FeatureStore;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.run.JourneyException;
import io.journey.run.Workers;
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

  /** Whether features must be of preconditioned gradients. */
  default boolean preconditioned() {
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

  /** Whether it needs the decomposition of Φ, which takes time and memory. */
  default boolean decomposes() {
    return true;
  }

  /**
   * Refuses features whose decomposition would not fit in memory, before work is spent on others.
   *
   * @throws JourneyException saying what would
   */
  default void requirePossible(FeatureStore features) {
    if (decomposes()) {
      for (String member : features.members()) {
        Spectrum.requirePossible(features.size(), features.dim(member));
      }
    }
  }

  /** Whether it can work with some features. */
  default boolean fits(FeatureStore features) {
    return fits(features.function(), features.preconditioner());
  }

  /** Whether it can work with features of a function, with a preconditioner. */
  default boolean fits(ModelOutput function, PreconditionerConfig preconditioner) {
    return output() == function
        && preconditioned() != preconditioner.equals(PreconditionerConfig.NONE);
  }

  /** The one that features are for where nothing else is said: ek-fac, journey-trak or d-trak. */
  static Estimator of(FeatureStore features) {
    return of(features.function(), features.preconditioner());
  }

  /** The one that features of a function, with a preconditioner, are for. */
  static Estimator of(ModelOutput function, PreconditionerConfig preconditioner) {
    return all().stream()
        .filter(e -> e.fits(function, preconditioner))
        .findFirst()
        .orElseThrow(
            () ->
                new JourneyException(
                    "No estimator works with features of the function "
                        + function
                        + " and preconditioner "
                        + preconditioner
                        + ": featurize with --preconditioner none."));
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
   * @param query the target; see {@link Features#queries}
   * @param lambda λ ≥ 0; ignored where nothing is damped
   * @return [N]; positive: training on the example makes x̂0 more likely
   */
  double[] scores(Features features, Query query, double lambda);

  /**
   * What estimators know of a target.
   *
   * @param products Φg, [N]
   * @param coordinates Vᵀg, [r]; null where no estimator decomposes Φ
   */
  record Query(double[] products, double[] coordinates) {}

  /**
   * What estimators know of the training images.
   *
   * @param rows Φ
   * @param spectrum its decomposition; null where no estimator needs it; closed with this
   * @param residuals the root mean squared error ε − ε_θ of each example, [N]; null where no
   *     estimator needs it
   */
  record Features(FeatureRows rows, Spectrum spectrum, double[] residuals)
      implements AutoCloseable {
    /**
     * What some estimators need.
     *
     * @throws JourneyException if Φ is to be decomposed and cannot be
     */
    public static Features of(
        FeatureRows rows, List<Estimator> estimators, double[] residuals, Workers workers) {
      boolean decompose = estimators.stream().anyMatch(Estimator::decomposes);
      return new Features(rows, decompose ? Spectrum.of(rows, workers) : null, residuals);
    }

    /**
     * Targets as estimators take them.
     *
     * @param targets g, [Q][k]
     */
    public Query[] queries(float[][] targets, Workers workers) {
      double[][] products = FeatureProducts.of(rows, DampedSolver.doubles(targets), workers);
      Query[] queries = new Query[targets.length];
      workers.forEach(
          queries.length,
          q ->
              queries[q] =
                  new Query(
                      products[q], spectrum == null ? null : spectrum.coordinates(products[q])));
      return queries;
    }

    /** λ of a damping c; 0 where nothing is decomposed. */
    public double lambda(double damping) {
      return spectrum == null ? 0 : spectrum.lambda(damping);
    }

    @Override
    public void close() {
      if (spectrum != null) {
        spectrum.close();
      }
    }
  }

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
