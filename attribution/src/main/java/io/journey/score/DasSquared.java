package io.journey.score;

/**
 * The diffusion attribution score as published (Lin et al., ICLR 2025): the square of {@link
 * DasLinear}, which cannot be negative.
 */
public final class DasSquared implements Estimator {
  private final Estimator linear = new DasLinear();

  @Override
  public String name() {
    return "das-squared";
  }

  @Override
  public int order() {
    return 9;
  }

  @Override
  public FeatureRequirement needs() {
    return linear.needs();
  }

  @Override
  public Scorer prepare(TrainingFeatures features, Damping damping) {
    Scorer scorer = linear.prepare(features, damping);
    return targets -> {
      double[][] scores = scorer.scores(targets);
      return targets.scaled(scores, (q, i) -> scores[q][i]);
    };
  }
}
