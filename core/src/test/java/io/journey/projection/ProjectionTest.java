package io.journey.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.gradient.Factors;
import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.nn.Parameter;
import io.journey.projection.ProjectionConfig.Kind;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.ejml.simple.SimpleMatrix;
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
    Projection projection = config.create(List.of(), gradients[0].length, seed);
    int p = gradients[0].length;
    // In three parts of different length.
    int[] cuts = {0, p / 3, p / 2, p};
    try (PointerScope scope = new PointerScope()) {
      Tensor sums = Libtorch.zeros(ScalarType.Float, gradients.length, projection.dim());
      for (int part = 1; part < cuts.length; part++) {
        int length = cuts[part] - cuts[part - 1];
        float[] parts = new float[gradients.length * length];
        for (int n = 0; n < gradients.length; n++) {
          System.arraycopy(gradients[n], cuts[part - 1], parts, n * length, length);
        }
        Tensor tensor = Libtorch.of(parts, ScalarType.Float, gradients.length, length);
        projection.add(cuts[part - 1], tensor, sums);
      }
      return rows(sums);
    }
  }

  private static float[][] rows(Tensor sums) {
    float[] flat = Libtorch.floats(sums);
    int dim = (int) sums.size(1);
    return IntStream.range(0, (int) sums.size(0))
        .mapToObj(n -> Arrays.copyOfRange(flat, n * dim, (n + 1) * dim))
        .toArray(float[][]::new);
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
    double variance = (dot(x, x) * dot(y, y) + exact * exact) / k;
    if (kind == Kind.SPARSE) { // coordinates of one run never share a place
      for (int i = 0; i < P; i++) {
        for (int j = i / k * k; j < Math.min(P, i / k * k + k); j++) {
          variance -= (Math.pow(x[i] * y[j], 2) + x[i] * y[i] * x[j] * y[j]) / k;
        }
      }
    }
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
    RandomStream places = seed.child("shifts").stream();
    int[] shifts = IntStream.range(0, P / k + 1).map(run -> places.nextInt(k)).toArray();
    for (int i = 0; i < P; i++) {
      for (int j = 0; j < k; j++) {
        double entry;
        if (kind == Kind.GAUSSIAN) {
          entry = stream.gaussian((long) i * k + j);
        } else {
          boolean here = (shifts[i / k] + i) % k == j;
          entry = here ? (seed.child("signs").stream().bits(i) < 0 ? -1 : 1) : 0;
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

  /** Gradients of a U-Net's weights, as they come from layers that know of the factors. */
  @Test
  void innerProductsBetweenFactorsAreUnbiased() {
    UNet2DConfig config =
        new UNet2DConfig(4, 1, List.of(8, 64), List.of(false, false), 1, 4, 1e-5, 8, true, 0, 1);
    try (LayeredDenoiser model = config.random(Seed.of(1), ScalarType.Float)) {
      int p = model.parameters().count();
      float[][] gradients = new float[2][p];
      Seed.of(2).stream().fillGaussian(gradients[0]);
      Seed.of(3).stream().fillGaussian(gradients[1]);
      for (int i = 0; i < p; i++) {
        gradients[1][i] += gradients[0][i];
      }
      int seeds = 200;
      double exact = dot(gradients[0], gradients[1]);
      double sum = 0;
      double squares = 0;
      for (int s = 0; s < seeds; s++) {
        Projection projection =
            new ProjectionConfig(Kind.FACTORED, 256).create(model.parameters(), Seed.of(s));
        double ratio;
        try (PointerScope scope = new PointerScope()) {
          Tensor sums = Libtorch.zeros(ScalarType.Float, 2, 256);
          for (Parameter weight : model.parameters().list()) {
            for (int n = 0; n < 2; n++) {
              float[] part = between(projection.factors(weight), weight, gradients[n]);
              Tensor tensor = Libtorch.of(part, ScalarType.Float, 1, part.length);
              projection.add(weight.offset(), tensor, sums.narrow(0, n, 1));
            }
          }
          float[][] out = rows(sums);
          ratio = dot(out[0], out[1]) / exact;
        }
        sum += ratio;
        squares += ratio * ratio;
      }
      double mean = sum / seeds;
      double deviation = Math.sqrt(squares / seeds - mean * mean);
      assertThat(mean).isCloseTo(1, within(5 * deviation / Math.sqrt(seeds)));
      // The sketch alone has √(3/256) = 0.11; most weights have the rank 16 of 64 and of 576.
      assertThat(deviation).isBetween(0.05, 0.25);
    }
  }

  private static float[] between(Factors factors, Parameter weight, float[] gradient) {
    float[] part = Arrays.copyOfRange(gradient, weight.offset(), weight.offset() + weight.numel());
    if (factors == null) {
      return part;
    }
    int out = (int) weight.shape()[0];
    SimpleMatrix product = matrix(out, part);
    if (factors.left() != null) {
      product = matrix(factors.rows(), factors.left()).mult(product);
    }
    if (factors.right() != null) {
      product = product.mult(matrix(factors.columns(), factors.right()).transpose());
    }
    float[] numbers = new float[product.getNumElements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) product.get(i);
    }
    return numbers;
  }

  private static SimpleMatrix matrix(int rows, float[] numbers) {
    double[] wide = IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray();
    return new SimpleMatrix(rows, numbers.length / rows, true, wide);
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
