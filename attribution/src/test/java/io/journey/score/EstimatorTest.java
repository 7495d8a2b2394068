package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.diffusion.OutputFunction;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.tensor.TestContext;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;

/** Every estimator against its formula, written out with the inverse matrix. */
class EstimatorTest {
  private static final double DAMPING = 0.3;

  private static float[][] random(int rows, int columns, String name) {
    RandomStream stream = Seed.of(11).child(name).stream();
    float[][] out = new float[rows][columns];
    for (float[] row : out) {
      stream.fillGaussian(row);
    }
    return out;
  }

  private static SimpleMatrix matrix(float[][] rows) {
    SimpleMatrix out = new SimpleMatrix(rows.length, rows[0].length);
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        out.set(i, j, rows[i][j]);
      }
    }
    return out;
  }

  /** More examples than dimensions, and fewer. */
  @Test
  void scoresAreThoseOfTheFormulas() {
    compare(17, 6);
    compare(6, 17);
  }

  private void compare(int n, int k) {
    float[][] rows = random(n, k, "rows");
    float[][] target = random(1, k, "target");
    double[] residuals = new double[n];
    for (int i = 0; i < n; i++) {
      residuals[i] = 0.5 + i;
    }
    SimpleMatrix phi = matrix(rows);
    SimpleMatrix g = matrix(target).transpose();
    SimpleMatrix gram = phi.transpose().mult(phi);
    double lambda = DAMPING * gram.trace() / Math.min(n, k);
    SimpleMatrix inverse = gram.plus(SimpleMatrix.identity(k).scale(lambda)).invert();
    SimpleMatrix influence = phi.mult(inverse).mult(g);
    SimpleMatrix leverage = phi.mult(inverse).mult(phi.transpose());
    SimpleMatrix dots = phi.mult(g);
    Map<String, IntToDoubleFunction> formulas =
        Map.of(
            "journey-trak",
            influence::get,
            "trak",
            influence::get,
            "d-trak",
            influence::get,
            "tracin-dot",
            dots::get,
            "ek-fac",
            dots::get,
            "tracin-cosine",
            i -> dots.get(i) / (row(phi, i).normF() * g.normF()),
            "relative-influence",
            i -> influence.get(i) / row(phi.mult(inverse), i).normF(),
            "renormalized-influence",
            i -> influence.get(i) / row(phi, i).normF(),
            "das-linear",
            i -> residuals[i] * influence.get(i) / (1 - leverage.get(i, i)),
            "das-squared",
            i -> Math.pow(residuals[i] * influence.get(i) / (1 - leverage.get(i, i)), 2));
    List<Estimator> all = Estimators.all();
    assertThat(all.stream().map(Estimator::name).collect(Collectors.toSet()))
        .isEqualTo(formulas.keySet());
    try (TrainingFeatures known =
        new TrainingFeatures(new ArrayRows(rows), residuals, TestContext.TWO)) {
      // A damping between changes nothing of the first.
      DampedSolver solver = known.damped(new Damping(DAMPING));
      solver.influence(known.targets(target));
      known.damped(new Damping(7)).influence(known.targets(target));
      for (Estimator estimator : all) {
        Scorer scorer = estimator.prepare(known, new Damping(DAMPING));
        double[] scores = scorer.scores(known.targets(target))[0];
        for (int i = 0; i < n; i++) {
          double expected = formulas.get(estimator.name()).applyAsDouble(i);
          assertThat(scores[i])
              .as("%s, example %d of %d×%d", estimator.name(), i, n, k)
              .isEqualTo(expected, within(1e-9 * (1 + Math.abs(expected))));
        }
      }
    }
  }

  @Test
  void whatFeaturesServeIsFoundInTheOrderOfTables() {
    assertThat(Estimators.all().stream().map(Estimator::name))
        .startsWith("journey-trak", "trak", "d-trak")
        .endsWith("das-linear", "das-squared", "ek-fac");
    assertThat(Estimators.defaultFor(OutputFunction.LOSS, PreconditionerConfig.DEFAULT).name())
        .isEqualTo("ek-fac");
    assertThat(Estimators.defaultFor(OutputFunction.LOSS, PreconditionerConfig.NONE).name())
        .isEqualTo("journey-trak");
    assertThat(Estimators.defaultFor(OutputFunction.MEAN, PreconditionerConfig.NONE).name())
        .isEqualTo("das-linear");
    assertThatThrownBy(
            () -> Estimators.defaultFor(OutputFunction.NORM, PreconditionerConfig.DEFAULT))
        .isInstanceOf(JourneyException.class)
        .hasMessageStartingWith(
            "No estimator takes features of --function norm --preconditioner ekfac: there are"
                + " journey-trak, trak, tracin-dot, tracin-cosine, relative-influence,"
                + " renormalized-influence with --preconditioner none; d-trak with --function norm");
    assertThatThrownBy(() -> Estimators.named("journey"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use one of journey-trak, trak");
  }

  /** 50 000 examples of 4096 dimensions are possible, all pairs of them are not. */
  @Test
  void whatCannotFitInMemoryIsRefused() {
    DampedSolver.requirePossible("Features", 50_000, 4096, Damping.DEFAULT);
    assertThatThrownBy(
            () -> DampedSolver.requirePossible("Features", 50_000, 40_000, Damping.DEFAULT))
        .isInstanceOf(JourneyException.class)
        .hasMessage(
            "Features need a matrix of 40000 × 40000 numbers in memory, of which there can be"
                + " 1073741824: use an estimator without damping, or features of fewer dimensions.");
  }

  private static SimpleMatrix row(SimpleMatrix of, int i) {
    return of.extractVector(true, i);
  }
}
