package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.ForwardConfig;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.OutputFunction;
import io.journey.diffusion.PredictionType;
import io.journey.features.PlainGradients;
import io.journey.gradient.OneImageGradients;
import io.journey.model.LinearDenoiser;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.TestContext;
import java.util.ArrayList;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A case where the scores must be exact: a denoiser linear in its weights, fitted by ridge
 * regression, whose residuals all have the same size r. Then ΦᵀΦ is the Hessian up to the factor
 * 2r², and with leverage h_i the score of example i is
 *
 * <p>score_i = (1 − h_i)/(2r²) · g·(θ_{−i} − θ),
 *
 * <p>where θ_{−i} is fitted anew without example i. Positive: without the example the target's loss
 * rises.
 *
 * <p>Residuals of equal size: for any signs s, θ = r·Ψᵀs/λ is the ridge solution for the answers y
 * = Ψθ + r·s. The answers are what the model predicts, ε, x_0 or v; x_t is chosen and the image and
 * noise that lead to both follow.
 */
class LeaveOneOutTest {
  private static final int N = 14;
  private static final int P = 5;
  private static final double R = 0.3;
  private static final double LAMBDA = 0.8;

  private NoiseSchedule schedule;
  private final SimpleMatrix psi = new SimpleMatrix(N, P);
  private final SimpleMatrix answers = new SimpleMatrix(N, 1);
  private final List<DenoisingDraws> examples = new ArrayList<>();
  private SimpleMatrix theta;

  private LinearDenoiser fitted() {
    RandomStream random = Seed.of(4).stream();
    LinearDenoiser shape = new LinearDenoiser(new float[P]);
    double[] xt = new double[N];
    int[] steps = new int[N];
    SimpleMatrix signs = new SimpleMatrix(N, 1);
    for (int i = 0; i < N; i++) {
      xt[i] = random.gaussian(i);
      steps[i] = random.nextInt(1000);
      signs.set(i, random.nextInt(2) * 2 - 1);
      psi.setRow(i, 0, shape.features(xt[i], steps[i]));
    }
    theta = psi.transpose().mult(signs).scale(R / LAMBDA);
    float[] weights = new float[P];
    for (int j = 0; j < P; j++) {
      weights[j] = (float) theta.get(j);
    }
    for (int i = 0; i < N; i++) {
      double answer = psi.extractVector(true, i).dot(theta.transpose()) + R * signs.get(i);
      answers.set(i, answer);
      examples.add(example(xt[i], answer, steps[i]));
    }
    return new LinearDenoiser(weights);
  }

  /** The image and noise that give x_t = {@code xt} and the answer. */
  private DenoisingDraws example(double xt, double answer, int t) {
    double signal = Math.sqrt(schedule.alphaBar(t));
    double sigma = Math.sqrt(1 - schedule.alphaBar(t));
    double x0;
    double noise;
    switch (schedule.predictionType()) {
      case EPSILON -> {
        noise = answer;
        x0 = (xt - sigma * noise) / signal;
      }
      case SAMPLE -> {
        x0 = answer;
        noise = (xt - signal * x0) / sigma;
      }
      default -> {
        // x_t and v are the image and the noise, turned by an angle.
        x0 = signal * xt - sigma * answer;
        noise = sigma * xt + signal * answer;
      }
    }
    return new DenoisingDraws(
        new float[] {(float) x0}, Condition.NONE, new int[] {t}, new float[] {(float) noise});
  }

  /** The ridge solution without one example, from the normal equations. */
  private SimpleMatrix without(int left) {
    SimpleMatrix normal = SimpleMatrix.identity(P).scale(LAMBDA);
    SimpleMatrix right = new SimpleMatrix(P, 1);
    for (int i = 0; i < N; i++) {
      if (i != left) {
        SimpleMatrix row = psi.extractVector(true, i);
        normal = normal.plus(row.transpose().mult(row));
        right = right.plus(row.transpose().scale(answers.get(i)));
      }
    }
    return normal.solve(right);
  }

  @ParameterizedTest
  @EnumSource(PredictionType.class)
  void scoresPredictTheExactLeaveOneOutChangeSignIncluded(PredictionType type) {
    schedule = NoiseSchedule.of(ForwardConfig.DEFAULT.withPredictionType(type));
    try (LinearDenoiser model = fitted()) {
      DenoisingDraws target =
          DenoisingDraws.atStep(
              new float[] {0.4f}, Condition.NONE, 250, Seed.of(6), TargetDraws.DEFAULT);
      var gradients = new OneImageGradients(model, schedule, OutputFunction.LOSS);
      float[][] phi = PlainGradients.of(gradients, model, examples);
      float[][] g = PlainGradients.of(gradients, model, List.of(target));

      SimpleMatrix gram = psi.transpose().mult(psi);
      double damping = LAMBDA * Math.min(N, P) / gram.trace();
      double[] scores;
      try (TrainingFeatures features =
          new TrainingFeatures(new ArrayRows(phi), null, TestContext.of(1))) {
        Scorer scorer = new JourneyTrak().prepare(features, new Damping(damping));
        scores = scorer.scores(features.targets(g))[0];
      }

      SimpleMatrix inverse = gram.plus(SimpleMatrix.identity(P).scale(LAMBDA)).invert();
      int positive = 0;
      for (int i = 0; i < N; i++) {
        SimpleMatrix row = psi.extractVector(true, i);
        double leverage = row.mult(inverse).mult(row.transpose()).get(0);
        SimpleMatrix moved = without(i).minus(theta);
        double firstOrder = 0;
        for (int j = 0; j < P; j++) {
          firstOrder += g[0][j] * moved.get(j);
        }
        // Weights and noise are rounded to float32; gradients of order 1.
        double expected = (1 - leverage) / (2 * R * R) * firstOrder;
        assertThat(scores[i]).as("example %d", i).isCloseTo(expected, within(2e-5));
        double change = loss(target, without(i)) - loss(target, theta);
        double secondOrder = curvature(target, moved);
        assertThat(change - secondOrder).isCloseTo(firstOrder, within(1e-6));
        positive += scores[i] > 0 ? 1 : 0;
      }
      assertThat(positive).isBetween(1, N - 1);
    }
  }

  /** f_t: the mean over draws of (answer − ψ·θ)². */
  private double loss(DenoisingDraws target, SimpleMatrix weights) {
    double sum = 0;
    for (int r = 0; r < target.count(); r++) {
      sum += Math.pow(answer(target, r) - product(target, r, weights), 2);
    }
    return sum / target.count();
  }

  private double answer(DenoisingDraws target, int r) {
    double alphaBar = schedule.alphaBar(target.timesteps()[r]);
    double image = target.image()[0];
    double noise = target.noise()[r];
    return switch (schedule.predictionType()) {
      case EPSILON -> noise;
      case SAMPLE -> image;
      case V_PREDICTION -> Math.sqrt(alphaBar) * noise - Math.sqrt(1 - alphaBar) * image;
    };
  }

  /** The second-order part of f_t, which is all there is beyond the first. */
  private double curvature(DenoisingDraws target, SimpleMatrix moved) {
    double sum = 0;
    for (int r = 0; r < target.count(); r++) {
      sum += Math.pow(product(target, r, moved), 2);
    }
    return sum / target.count();
  }

  private double product(DenoisingDraws target, int r, SimpleMatrix weights) {
    int t = target.timesteps()[r];
    double alphaBar = schedule.alphaBar(t);
    double x =
        Math.sqrt(alphaBar) * target.image()[0] + Math.sqrt(1 - alphaBar) * target.noise()[r];
    try (LinearDenoiser shape = new LinearDenoiser(new float[P])) {
      double[] row = shape.features(x, t);
      double sum = 0;
      for (int j = 0; j < P; j++) {
        sum += row[j] * weights.get(j);
      }
      return sum;
    }
  }
}
