package io.journey.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.model.LayeredDenoiser;
import io.journey.model.NamedShapes;
import io.journey.model.UNet2DConfig;
import io.journey.nn.FormedGradient;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.projection.ProjectionConfig.Kind;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
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

  /** Weights of these lengths, in the order of a gradient. */
  private static final Map<String, long[]> LENGTHS =
      new TreeMap<>(
          Map.of("a", new long[] {100}, "b", new long[] {2, 5, 5}, "c", new long[] {P - 150}));

  private static float[][] project(ProjectionConfig config, Seed seed, float[]... gradients) {
    try (Parameters weights = NamedShapes.of(LENGTHS)) {
      return project(config.create(weights.list(), seed), weights.list(), gradients);
    }
  }

  private static float[][] project(
      Projection projection, List<Parameter> weights, float[]... gradients) {
    try (PointerScope scope = new PointerScope()) {
      Tensor sums = Libtorch.zeros(ScalarType.Float, gradients.length, projection.dim());
      for (Parameter weight : weights) {
        int length = weight.numel();
        float[] parts = new float[gradients.length * length];
        for (int n = 0; n < gradients.length; n++) {
          System.arraycopy(gradients[n], weight.offset(), parts, n * length, length);
        }
        Tensor tensor = Libtorch.of(parts, ScalarType.Float, gradients.length, length);
        projection.add(weight, FormedGradient.of(weight, tensor), sums);
      }
      return rows(sums);
    }
  }

  /** What a GPU does, here on the processor: the same map, in other operations. */
  @ParameterizedTest
  @CsvSource({"7, 300", "64, 64", "64, 63", "64, 65", "512, 100"})
  void gatheringByATableIsTheSameSketch(int dim, int length) {
    try (PointerScope scope = new PointerScope();
        SparseProjection sketch = new SparseProjection(dim, Seed.of(4))) {
      float[] numbers = new float[3 * length];
      Seed.of(5).stream().fillGaussian(numbers);
      Tensor rows = Libtorch.of(numbers, ScalarType.Float, 3, length);
      Tensor added = Libtorch.zeros(ScalarType.Float, 3, dim);
      Tensor gathered = Libtorch.zeros(ScalarType.Float, 3, dim);
      sketch.add("a", rows, added);
      sketch.gather("a", rows, gathered);
      float[][] expected = rows(added);
      float[][] found = rows(gathered);
      for (int n = 0; n < 3; n++) {
        assertThat(found[n]).containsExactly(expected[n], within(1e-5f));
      }
    }
  }

  private static float[][] rows(Tensor sums) {
    float[] flat = Libtorch.floats(sums);
    int dim = (int) sums.size(1);
    return IntStream.range(0, (int) sums.size(0))
        .mapToObj(n -> Arrays.copyOfRange(flat, n * dim, (n + 1) * dim))
        .toArray(float[][]::new);
  }

  /** A number for the run of k coordinates of a weight that a coordinate belongs to. */
  private static int run(int i, int k) {
    int weight = i < 100 ? 0 : i < 150 ? 100 : 150;
    return weight * P + (i - weight) / k;
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
        for (int j = 0; j < P; j++) {
          if (run(i, k) != run(j, k)) {
            continue;
          }
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
    for (int i = 0; i < P; i++) {
      String name = i < 100 ? "a" : i < 150 ? "b" : "c";
      int own = i - (i < 100 ? 0 : i < 150 ? 100 : 150);
      RandomStream places = seed.child(name).child("shifts").stream();
      int shift = 0;
      for (int run = 0; run <= own / k; run++) {
        shift = places.nextInt(k);
      }
      for (int j = 0; j < k; j++) {
        double entry;
        if (kind == Kind.GAUSSIAN) {
          entry = seed.child(name).stream().gaussian((long) own * k + j);
        } else {
          boolean here = (shift + own % k) % k == j;
          long hash = seed.child(name).child("signs").stream().bits(own / 64);
          entry = here ? ((hash >>> own % 64 & 1) == 0 ? 1 : -1) : 0;
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
            new ProjectionConfig(Kind.FACTORED, 256).create(model.parameters().list(), Seed.of(s));
        float[][] out = project(projection, model.parameters().list(), gradients);
        double ratio = dot(out[0], out[1]) / exact;
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

  /** What a weight adds depends on its name and numbers alone. */
  @ParameterizedTest
  @CsvSource({"sparse:64", "gaussian:7", "factored:64"})
  void otherWeightsAndTheirOrderChangeNothing(String text) {
    ProjectionConfig config = ProjectionConfig.parse(text);
    float[] x = vector("x");
    Map<String, long[]> more = new TreeMap<>(LENGTHS);
    more.put("aa", new long[] {30});
    try (Parameters few = NamedShapes.of(LENGTHS);
        Parameters many = NamedShapes.of(more)) {
      float[] longer = new float[P + 30];
      System.arraycopy(x, 0, longer, 0, 100);
      System.arraycopy(x, 100, longer, 130, P - 100);
      List<Parameter> without =
          many.list().stream().filter(weight -> !weight.name().equals("aa")).toList();
      float[] expected = project(config.create(few.list(), Seed.of(1)), few.list(), x)[0];
      assertThat(project(config.create(many.list(), Seed.of(1)), without, longer)[0])
          .isEqualTo(expected);
      List<Parameter> reversed = new ArrayList<>(few.list());
      Collections.reverse(reversed);
      float[] found = project(config.create(reversed, Seed.of(1)), reversed, x)[0];
      for (int j = 0; j < found.length; j++) {
        assertThat(found[j]).isCloseTo(expected[j], within(1e-4f)); // sums in another order
      }
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
