package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Workers;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    // Of g the cosine takes the part that lies within the span of the rows.
    SimpleMatrix within = phi.pseudoInverse().mult(dots);
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
            i -> dots.get(i) / (row(phi, i).normF() * within.normF()),
            "relative-influence",
            i -> influence.get(i) / row(phi.mult(inverse), i).normF(),
            "renormalized-influence",
            i -> influence.get(i) / row(phi, i).normF(),
            "das-linear",
            i -> residuals[i] * influence.get(i) / (1 - leverage.get(i, i)),
            "das-squared",
            i -> Math.pow(residuals[i] * influence.get(i) / (1 - leverage.get(i, i)), 2));
    List<Estimator> all = Estimator.all();
    assertThat(all.stream().map(Estimator::name).collect(Collectors.toSet()))
        .isEqualTo(formulas.keySet());
    Workers workers = new Workers(2, () -> {});
    try (Estimator.Features known =
        Estimator.Features.of(new ArrayRows(rows), all, residuals, workers)) {
      assertThat(known.spectrum().rank()).isEqualTo(Math.min(n, k));
      assertThat(known.lambda(DAMPING)).isEqualTo(lambda, within(1e-9));
      Estimator.Query query = known.queries(target, workers)[0];
      for (Estimator estimator : all) {
        double[] scores = estimator.scores(known, query, lambda);
        for (int i = 0; i < n; i++) {
          double expected = formulas.get(estimator.name()).applyAsDouble(i);
          assertThat(scores[i])
              .as("%s, example %d of %d×%d", estimator.name(), i, n, k)
              .isEqualTo(expected, within(1e-7 * (1 + Math.abs(expected))));
        }
      }
    }
  }

  /** Products alone take neither the time nor the memory of a decomposition. */
  @Test
  void onlyEstimatorsThatNeedItDecompose() {
    FeatureRows rows = new ArrayRows(random(5, 3, "rows"));
    Workers workers = new Workers(1, () -> {});
    List<Estimator> products = List.of(new EkfacInfluence(), new GradientDot());
    try (Estimator.Features known = Estimator.Features.of(rows, products, null, workers)) {
      assertThat(known.spectrum()).isNull();
    }
    assertThat(Estimator.all().stream().filter(e -> !e.decomposes()).map(Estimator::name))
        .containsExactlyInAnyOrder("ek-fac", "tracin-dot");
  }

  /** 50 000 examples of 4096 dimensions are possible, all pairs of them are not. */
  @Test
  void whatCannotFitInMemoryIsRefused() {
    Spectrum.requirePossible(50_000, 4096);
    assertThatThrownBy(() -> Spectrum.requirePossible(50_000, 40_000))
        .isInstanceOf(JourneyException.class)
        .hasMessage(
            "This estimator needs 50000 × 40000 numbers in memory, of which there can be"
                + " 1073741824: use ek-fac, or features of fewer dimensions.");
  }

  /** Directions that repeat others are no directions, whichever matrix is decomposed. */
  @ParameterizedTest
  @CsvSource({"300, 8", "8, 300"})
  void repeatedDirectionsCountOnce(int n, int k) {
    float[][] rows = random(n, k, "rows");
    for (float[] row : rows) {
      row[k - 1] = row[0];
    }
    rows[n - 1] = rows[0].clone();
    try (Spectrum spectrum = Spectrum.of(new ArrayRows(rows), new Workers(2, () -> {}))) {
      assertThat(spectrum.rank()).isEqualTo(7);
    }
  }

  private static SimpleMatrix row(SimpleMatrix of, int i) {
    return of.extractVector(true, i);
  }
}
