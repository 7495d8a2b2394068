package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DampedSolverTest {
  private static final Workers WORKERS = new Workers(2, () -> {});

  private static float[][] gaussians(String name, int rows, int columns) {
    float[][] out = new float[rows][columns];
    RandomStream stream = Seed.of(9).child(name).stream();
    for (float[] row : out) {
      stream.fillGaussian(row);
    }
    return out;
  }

  private static SimpleMatrix matrix(float[][] values) {
    SimpleMatrix m = new SimpleMatrix(values.length, values[0].length);
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < values[0].length; j++) {
        m.set(i, j, values[i][j]);
      }
    }
    return m;
  }

  private static double[][] scores(float[][] phi, float[][] targets, double c) {
    try (TrainingFeatures features =
        new TrainingFeatures(new ArrayRows(phi), null, WORKERS, Progress.SILENT)) {
      return features.damped(new Damping(c)).influence(features.targets(targets));
    }
  }

  /** Φ(ΦᵀΦ + λI)⁻¹g with an explicit inverse; sizes off the edges of tiles and blocks. */
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "5, 3",
    "3, 5",
    "130, 67",
    "67, 130",
    "64, 64",
    "700, 515",
    "90, 1100",
    "1040, 1030"
  })
  void scoresEqualTheFormulaWithAnExplicitInverse(int n, int k) {
    float[][] phi = gaussians("phi", n, k);
    float[][] targets = gaussians("targets", 3, k);
    double c = 0.3;
    SimpleMatrix f = matrix(phi);
    SimpleMatrix gram = f.transpose().mult(f);
    double lambda = c * gram.trace() / Math.min(n, k);
    SimpleMatrix expected =
        f.mult(gram.plus(SimpleMatrix.identity(k).scale(lambda)).invert())
            .mult(matrix(targets).transpose());
    double[][] found = scores(phi, targets, c);
    for (int q = 0; q < 3; q++) {
      for (int i = 0; i < n; i++) {
        assertThat(found[q][i])
            .as("target %d, example %d", q, i)
            .isCloseTo(expected.get(i, q), within(1e-9));
      }
    }
  }

  /** Leverages and lengths with an explicit inverse, where λ is small and where it is large. */
  @ParameterizedTest
  @CsvSource({"130, 67, 0.001", "67, 130, 0.001", "130, 67, 100", "67, 130, 100", "5, 300, 0.3"})
  void leveragesAndLengthsEqualTheirFormulas(int n, int k, double c) {
    float[][] phi = gaussians("phi", n, k);
    SimpleMatrix f = matrix(phi);
    SimpleMatrix gram = f.transpose().mult(f);
    double lambda = c * gram.trace() / Math.min(n, k);
    SimpleMatrix solved = f.mult(gram.plus(SimpleMatrix.identity(k).scale(lambda)).invert());
    try (TrainingFeatures features =
        new TrainingFeatures(new ArrayRows(phi), null, WORKERS, Progress.SILENT)) {
      DampedSolver solver = features.damped(new Damping(c));
      for (int i = 0; i < n; i++) {
        SimpleMatrix row = solved.extractVector(true, i);
        double leverage = row.dot(f.extractVector(true, i));
        assertThat(1 - solver.leverages()[i])
            .as("leverage %d", i)
            .isCloseTo(1 - leverage, within(1e-8 * (1 - leverage)));
        assertThat(solver.lengths()[i])
            .as("length %d", i)
            .isCloseTo(row.normF(), within(1e-8 * row.normF()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"150, 7", "5, 9", "3, 1", "64, 2"})
  void productsAreInnerProducts(int n, int k) {
    float[][] phi = gaussians("phi", n, k);
    float[][] targets = gaussians("targets", 3, k);
    FeatureProducts.Halves found =
        FeatureProducts.of(new ArrayRows(phi), FeatureProducts.doubles(targets), WORKERS);
    for (int q = 0; q < targets.length; q++) {
      for (int i = 0; i < n; i++) {
        double[] sums = new double[2];
        for (int j = 0; j < k; j++) {
          sums[j % 2] += (double) phi[i][j] * targets[q][j];
        }
        assertThat(found.even()[q][i]).isEqualTo(sums[0], within(1e-12));
        assertThat(found.sum()[q][i]).isEqualTo(sums[0] + sums[1], within(1e-12));
      }
    }
  }

  @Test
  void theScaleOfFeaturesDoesNotMatter() {
    float[][] phi = gaussians("phi", 50, 20);
    float[][] targets = gaussians("targets", 1, 20);
    float[][] larger = new float[50][20];
    float[][] largerTargets = new float[1][20];
    for (int j = 0; j < 20; j++) {
      largerTargets[0][j] = 1024 * targets[0][j];
      for (int i = 0; i < 50; i++) {
        larger[i][j] = 1024 * phi[i][j];
      }
    }
    double[] a = scores(phi, targets, 0.1)[0];
    double[] b = scores(larger, largerTargets, 0.1)[0];
    for (int i = 0; i < 50; i++) {
      assertThat(b[i]).isCloseTo(a[i], within(1e-9));
    }
  }

  @Test
  void withoutDampingARegularMatrixIsSolvedAndASingularOneRefused() {
    float[][] phi = gaussians("phi", 30, 4);
    float[][] targets = gaussians("targets", 1, 4);
    assertThat(scores(phi, targets, 0)[0]).hasSize(30);

    for (float[] row : phi) {
      row[3] = row[0] + row[1];
    }
    assertThatThrownBy(() -> scores(phi, targets, 0))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("singular")
        .hasMessageContaining("positive damping");
    assertThatThrownBy(() -> scores(gaussians("few", 3, 8), gaussians("targets", 1, 8), 0))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("3 examples cannot fill 8 dimensions");
    float[][] nothing = new float[30][4];
    assertThatThrownBy(() -> scores(nothing, targets, 1))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("The features give")
        .hasMessageContaining("cannot be decomposed");
  }

  @Test
  void aFeatureThatIsNoNumberIsRefused() {
    float[][] phi = gaussians("phi", 30, 4);
    phi[17][2] = Float.NaN;
    assertThatThrownBy(() -> scores(phi, gaussians("targets", 1, 4), 1))
        .isInstanceOf(JourneyException.class)
        .hasMessage("The features hold a number that is not finite: featurize anew.");
  }

  /** One decomposition is kept at a time, beside the product it is made of. */
  @ParameterizedTest
  @CsvSource({"130, 67", "67, 130"})
  void dampingsInTurnHaveTheBitsOfEachAlone(int n, int k) {
    float[][] phi = gaussians("phi", n, k);
    float[][] targets = gaussians("targets", 2, k);
    try (TrainingFeatures features =
        new TrainingFeatures(new ArrayRows(phi), null, WORKERS, Progress.SILENT)) {
      for (double c : new double[] {0.1, 10, 0.1, 0.5}) {
        assertThat(features.damped(new Damping(c)).influence(features.targets(targets)))
            .as("damping %s", c)
            .isEqualTo(scores(phi, targets, c));
      }
    }
  }
}
