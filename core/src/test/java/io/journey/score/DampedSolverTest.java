package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    float[][] found =
        new DampedSolver(new ArrayRows(phi), WORKERS, Progress.SILENT).scores(targets, c);
    for (int q = 0; q < 3; q++) {
      for (int i = 0; i < n; i++) {
        assertThat((double) found[q][i])
            .as("target %d, example %d", q, i)
            .isCloseTo(expected.get(i, q), within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"40, 25", "25, 40", "33, 33"})
  void primalEqualsDual(int n, int k) {
    DampedSolver solver =
        new DampedSolver(new ArrayRows(gaussians("phi", n, k)), WORKERS, Progress.SILENT);
    float[][] targets = gaussians("targets", 2, k);
    float[][] primal = solver.primal(targets, 0.1);
    float[][] dual = solver.dual(targets, 0.1);
    for (int q = 0; q < 2; q++) {
      for (int i = 0; i < n; i++) {
        assertThat((double) primal[q][i]).isCloseTo(dual[q][i], within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"150, 7", "5, 9"})
  void productsAreInnerProducts(int n, int k) {
    float[][] phi = gaussians("phi", n, k);
    float[][] targets = gaussians("targets", 3, k);
    double[][] found =
        FeatureProducts.of(new ArrayRows(phi), DampedSolver.doubles(targets), WORKERS);
    for (int q = 0; q < targets.length; q++) {
      for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < k; j++) {
          sum += (double) phi[i][j] * targets[q][j];
        }
        assertThat(found[q][i]).isEqualTo(sum, within(1e-12));
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
    float[] a =
        new DampedSolver(new ArrayRows(phi), WORKERS, Progress.SILENT).scores(targets, 0.1)[0];
    float[] b =
        new DampedSolver(new ArrayRows(larger), WORKERS, Progress.SILENT)
            .scores(largerTargets, 0.1)[0];
    for (int i = 0; i < 50; i++) {
      assertThat((double) b[i]).isCloseTo(a[i], within(1e-6));
    }
  }

  @Test
  void withoutDampingARegularMatrixIsSolvedAndASingularOneRefused() {
    float[][] phi = gaussians("phi", 30, 4);
    float[][] targets = gaussians("targets", 1, 4);
    assertThat(new DampedSolver(new ArrayRows(phi), WORKERS, Progress.SILENT).scores(targets, 0)[0])
        .hasSize(30);

    for (float[] row : phi) {
      row[3] = row[0] + row[1];
    }
    assertThatThrownBy(
            () -> new DampedSolver(new ArrayRows(phi), WORKERS, Progress.SILENT).scores(targets, 0))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("singular")
        .hasMessageContaining("positive damping");
    assertThatThrownBy(
            () ->
                new DampedSolver(new ArrayRows(gaussians("few", 3, 8)), WORKERS, Progress.SILENT)
                    .scores(gaussians("targets", 1, 8), 0))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("3 examples cannot fill 8 dimensions");
    float[][] nothing = new float[30][4];
    assertThatThrownBy(
            () ->
                new DampedSolver(new ArrayRows(nothing), WORKERS, Progress.SILENT)
                    .scores(targets, 1))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("The features give")
        .hasMessageContaining("cannot be decomposed");
  }

  /** Φ whose rows are counted as they are read. */
  private static final class Counted implements FeatureRows {
    private final FeatureRows rows;
    private final AtomicInteger reads = new AtomicInteger();

    Counted(FeatureRows rows) {
      this.rows = rows;
    }

    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public int dim() {
      return rows.dim();
    }

    @Override
    public void read(int row, int column, int count, float[] out, int offset) {
      reads.incrementAndGet();
      rows.read(row, column, count, out, offset);
    }
  }

  @ParameterizedTest
  @CsvSource({"130, 67, 130", "67, 130, 67"})
  void whatIsKeptSparesTheFeaturesAndChangesNoBit(int n, int k, int once, @TempDir Path folder)
      throws IOException {
    FeatureRows phi = new ArrayRows(gaussians("phi", n, k));
    float[][] targets = gaussians("targets", 2, k);
    KeptTriangles kept = new KeptTriangles(folder, "", "these features");
    assertThat(scores(phi, kept, targets, 0.1)).isEqualTo(2 * once);
    assertThat(scores(phi, kept, targets, 0.1)).as("the factor is kept").isEqualTo(once);
    assertThat(scores(phi, kept, targets, 0.5)).as("the product is kept").isEqualTo(once);
    assertThat(scores(phi, new KeptTriangles(folder, "", "others"), targets, 0.5))
        .as("of other features")
        .isEqualTo(2 * once);

    assertThat(scores(phi, kept, targets, 0.5)).isEqualTo(2 * once);
    for (String name : new String[] {"gram.npy", "cholesky.npy"}) {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      bytes[bytes.length - 5] ^= 1;
      Files.write(folder.resolve(name), bytes);
    }
    assertThat(scores(phi, kept, targets, 0.5)).as("damaged").isEqualTo(2 * once);
    assertThat(scores(phi, kept, targets, 0.5)).as("mended").isEqualTo(once);
  }

  /** Compares with a solver that keeps nothing; how many rows were read. */
  private static int scores(FeatureRows phi, KeptTriangles kept, float[][] targets, double c) {
    Counted counted = new Counted(phi);
    float[][] found = new DampedSolver(counted, kept, WORKERS, Progress.SILENT).scores(targets, c);
    assertThat(found).isEqualTo(new DampedSolver(phi, WORKERS, Progress.SILENT).scores(targets, c));
    return counted.reads.get();
  }
}
