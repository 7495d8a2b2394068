package io.journey.evaluation.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Distances of Gaussians against closed forms and scipy's matrix root. */
class FrechetDistanceTest {
  private static final Path GOLDEN =
      Path.of("../diffusion/src/test/resources/golden/embedding/frechet.safetensors");

  /** 2D vectors mean ± a_d e_d: a diagonal covariance, exactly 2a_d²/(2D − 1). */
  private static float[][] cross(float[] mean, float... axes) {
    int dim = axes.length;
    float[][] vectors = new float[2 * dim][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = mean.clone();
      vectors[i][i / 2] += i % 2 == 0 ? axes[i / 2] : -axes[i / 2];
    }
    return vectors;
  }

  private static float[][] gaussian(String name, int count, int dim) {
    RandomStream stream = Seed.of(3).child(name).stream();
    float[][] vectors = new float[count][dim];
    for (float[] vector : vectors) {
      stream.fillGaussian(vector);
    }
    return vectors;
  }

  @Test
  void diagonalCovariancesHaveTheDistanceOfTheirDeviations() {
    float[] a = {1, 2, 0.5f, 4};
    float[] b = {3, 2, 1.5f, 0};
    float[] m = {0, 1, 0, -2};
    float[] n = {2, 1, 0, -1};
    double covariances = 0;
    for (int d = 0; d < 4; d++) {
      covariances += 2.0 / 7 * (a[d] - b[d]) * (a[d] - b[d]);
    }
    FrechetDistance found = FrechetDistance.between(cross(m, a), cross(n, b));
    assertThat(found.means()).isCloseTo(5, within(1e-12));
    assertThat(found.covariances()).isCloseTo(covariances, within(1e-12));
    assertThat(found.value()).isEqualTo(found.means() + found.covariances());
  }

  /** Of 2×2 matrices: Tr√(AB) = √(Tr AB + 2√det AB), whether or not they commute. */
  @Test
  void matricesThatDoNotCommuteHaveTheDistanceOfTheClosedForm() {
    float[][] first = gaussian("first", 40, 2);
    float[][] second = gaussian("second", 30, 2);
    for (float[] v : second) {
      v[0] = 3 * v[0] + 2 * v[1];
    }
    double[] a = covariance(first);
    double[] b = covariance(second);
    double traceOfProduct = a[0] * b[0] + 2 * a[1] * b[1] + a[2] * b[2];
    double determinants = (a[0] * a[2] - a[1] * a[1]) * (b[0] * b[2] - b[1] * b[1]);
    double root = Math.sqrt(traceOfProduct + 2 * Math.sqrt(determinants));
    assertThat(FrechetDistance.between(first, second).covariances())
        .isCloseTo(a[0] + a[2] + b[0] + b[2] - 2 * root, within(1e-12));
  }

  /** xx, xy, yy. */
  private static double[] covariance(float[][] vectors) {
    double x = 0;
    double y = 0;
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (float[] v : vectors) {
      x += v[0] / (double) vectors.length;
      y += v[1] / (double) vectors.length;
    }
    for (float[] v : vectors) {
      xx += (v[0] - x) * (v[0] - x) / (vectors.length - 1);
      xy += (v[0] - x) * (v[1] - y) / (vectors.length - 1);
      yy += (v[1] - y) * (v[1] - y) / (vectors.length - 1);
    }
    return new double[] {xx, xy, yy};
  }

  /** The root of a singular matrix costs scipy half of its digits. */
  @ParameterizedTest
  @CsvSource({"many, 1e-10", "few, 1e-5", "mixed, 1e-5"})
  void distancesAreThoseOfScipy(String name, double relative) {
    Safetensors golden = Safetensors.open(GOLDEN);
    double expected = golden.doubles(name + ".distance")[0];
    FrechetDistance found =
        FrechetDistance.between(vectors(golden, name + ".a"), vectors(golden, name + ".b"));
    assertThat(found.value()).isCloseTo(expected, within(relative * expected));
    assertThat(found.note().isPresent()).isEqualTo(!name.equals("many"));
  }

  private static float[][] vectors(Safetensors file, String name) {
    int dim = Math.toIntExact(file.shape(name).get(1));
    float[][] vectors = new float[Math.toIntExact(file.shape(name).get(0))][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = file.part(name, (long) i * dim, dim);
    }
    return vectors;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 20, 21, 300})
  void aSetIsAtDistanceZeroFromItselfInAnyOrder(int count) {
    float[][] set = gaussian("set", count, 20);
    assertThat(FrechetDistance.between(set, set.clone()).value()).isZero();
    float[][] reversed = new float[count][];
    for (int i = 0; i < count; i++) {
      reversed[i] = set[count - 1 - i];
    }
    assertThat(FrechetDistance.between(set, reversed).value()).isBetween(0.0, 1e-11);
  }

  /** One factor is the vectors, the other the root of a covariance: the border must not show. */
  @Test
  void repeatingEveryVectorScalesTheCovarianceOnly() {
    float[][] few = gaussian("few", 8, 10);
    float[][] often = new float[16][];
    for (int i = 0; i < 16; i++) {
      often[i] = few[i / 2];
    }
    double trace = 0;
    for (int d = 0; d < 10; d++) {
      double mean = 0;
      for (float[] v : few) {
        mean += v[d] / 8.0;
      }
      for (float[] v : few) {
        trace += (v[d] - mean) * (v[d] - mean) / 7;
      }
    }
    // Σ of the sixteen is 14/15 of that of the eight.
    double expected = trace * Math.pow(1 - Math.sqrt(14.0 / 15), 2);
    assertThat(FrechetDistance.between(few, often).value()).isCloseTo(expected, within(1e-6));
  }

  /** What the note warns of. */
  @Test
  void fewVectorsOfOneDistributionSeemFarApart() {
    double[] distances = new double[3];
    int[] counts = {12, 60, 600};
    for (int i = 0; i < 3; i++) {
      distances[i] =
          FrechetDistance.between(
                  gaussian("a" + counts[i], counts[i], 24),
                  gaussian("b" + counts[i], counts[i], 24))
              .value();
    }
    assertThat(distances[0]).isGreaterThan(3 * distances[1]);
    assertThat(distances[1]).isGreaterThan(3 * distances[2]);
  }

  @Test
  void setsThatCannotBeComparedAreRefused() {
    float[][] good = gaussian("good", 5, 3);
    assertThatThrownBy(() -> FrechetDistance.between(good, new float[][] {{1, 2, 3}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least two vectors");
    assertThatThrownBy(() -> FrechetDistance.between(good, gaussian("x", 5, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vector 0 has 4 numbers, expected 3");
    float[][] broken = gaussian("good", 5, 3);
    broken[2][1] = Float.NaN;
    assertThatThrownBy(() -> FrechetDistance.between(broken, good))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vector 2 holds NaN");
  }
}
