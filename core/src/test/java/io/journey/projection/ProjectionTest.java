package io.journey.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.projection.ProjectionConfig.Kind;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectionTest {
  private static final int P = 301;
  private static final int SEEDS = 4000;

  private static float[] vector(String name) {
    float[] x = new float[P];
    Seed.of(3).child(name).stream().fillGaussian(x);
    return x;
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
  }

  private static float[][] project(ProjectionConfig config, Seed seed, float[]... gradients) {
    Projection projection = config.create(gradients[0].length, seed);
    int p = gradients[0].length;
    double[][] sums = new double[gradients.length][projection.dim()];
    // In three parts of different length.
    int[] cuts = {0, p / 3, p / 2, p};
    for (int part = 1; part < cuts.length; part++) {
      int length = cuts[part] - cuts[part - 1];
      float[] parts = new float[gradients.length * length];
      for (int n = 0; n < gradients.length; n++) {
        System.arraycopy(gradients[n], cuts[part - 1], parts, n * length, length);
      }
      projection.add(cuts[part - 1], length, parts, sums, 0);
    }
    float[][] out = new float[gradients.length][projection.dim()];
    for (int n = 0; n < out.length; n++) {
      for (int j = 0; j < out[n].length; j++) {
        out[n][j] = (float) sums[n][j];
      }
    }
    return out;
  }

  /** Sparse: E = ⟨x,y⟩, Gaussian with N(0,1) entries: E = k·⟨x,y⟩; variances from theory. */
  @ParameterizedTest
  @CsvSource({"SPARSE, 32", "GAUSSIAN, 32", "SPARSE, 7", "GAUSSIAN, 1"})
  void innerProductsAreUnbiasedWithTheVarianceOfTheory(Kind kind, int k) {
    float[] x = vector("x");
    float[] y = vector("y");
    for (int i = 0; i < P; i++) {
      y[i] += x[i];
    }
    double scale = kind == Kind.GAUSSIAN ? k : 1;
    double exact = dot(x, y);
    double squares = IntStream.range(0, P).mapToDouble(i -> Math.pow(x[i] * y[i], 2)).sum();
    double correction = kind == Kind.GAUSSIAN ? 0 : 2 * squares;
    double variance = (dot(x, x) * dot(y, y) + exact * exact - correction) / k;
    double sum = 0;
    double sumOfSquares = 0;
    for (int s = 0; s < SEEDS; s++) {
      float[][] out = project(new ProjectionConfig(kind, k), Seed.of(s), x, y);
      double error = dot(out[0], out[1]) / scale - exact;
      sum += error;
      sumOfSquares += error * error;
    }
    // Five standard errors of a mean; a variance estimated 4000 times is within 15% (k = 1 has
    // heavy tails: kurtosis about 15).
    assertThat(sum / SEEDS).isCloseTo(0, within(5 * Math.sqrt(variance / SEEDS)));
    assertThat(sumOfSquares / SEEDS / variance).isCloseTo(1, within(k == 1 ? 0.35 : 0.15));
  }

  @ParameterizedTest
  @CsvSource({"SPARSE", "GAUSSIAN"})
  void aFeatureIsTheObviousProductWhateverTheGroup(Kind kind) {
    int k = 19;
    Seed seed = Seed.of(11);
    float[] x = vector("x");
    double[] obvious = new double[k];
    RandomStream stream = seed.stream();
    for (int i = 0; i < P; i++) {
      for (int j = 0; j < k; j++) {
        double entry;
        if (kind == Kind.GAUSSIAN) {
          entry = stream.gaussian((long) i * k + j);
        } else {
          long bits = stream.bits(i);
          boolean here = ((bits >>> 32) * k) >>> 32 == j;
          entry = here ? ((bits & 1) == 0 ? 1 : -1) : 0;
        }
        obvious[j] += entry * x[i];
      }
    }
    ProjectionConfig config = new ProjectionConfig(kind, k);
    float[] alone = project(config, seed, x)[0];
    float[] grouped = project(config, seed, vector("a"), vector("b"), x, vector("c"))[2];
    assertThat(grouped).isEqualTo(alone);
    for (int j = 0; j < k; j++) {
      assertThat((double) alone[j]).isCloseTo(obvious[j], within(1e-5));
    }
  }

  @Test
  void everyCheckpointHasItsOwnMatrixAndASeedFixesIt() {
    float[] x = vector("x");
    ProjectionConfig config = ProjectionConfig.parse("sparse:64");
    Seed root = Seed.of(1);
    float[] first = project(config, root.child("member-000"), x)[0];
    assertThat(project(config, root.child("member-001"), x)[0]).isNotEqualTo(first);
    assertThat(project(config, root.child("member-000"), x)[0]).isEqualTo(first);
  }

  @Test
  void noneKeepsTheGradient() {
    float[] x = vector("x");
    assertThat(project(ProjectionConfig.parse("none"), Seed.of(1), x)[0]).isEqualTo(x);
  }

  @Test
  void unreadableProjectionsAreNamed() {
    for (String text : new String[] {"sparse", "sparse:x", "gaussian:0", "dense:5", "none:3", ""}) {
      assertThatThrownBy(() -> ProjectionConfig.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("projection");
    }
    assertThat(ProjectionConfig.parse("gaussian:2048").toString()).isEqualTo("gaussian:2048");
  }
}
