package io.journey.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.model.NamedShapes;
import io.journey.nn.Parameters;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import io.journey.tensor.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhiteningTest {
  private static final int OUT = 4;
  private static final int IN = 6;
  private static final int BIAS = 4;

  @TempDir Path folder;

  private static SimpleMatrix random(int side, Seed seed) {
    RandomStream stream = seed.stream();
    SimpleMatrix matrix = new SimpleMatrix(side, side);
    for (int i = 0; i < side * side; i++) {
      matrix.set(i, stream.gaussian(i));
    }
    return matrix;
  }

  /** Fits to gradients, in two blocks of unequal size, and writes the file. */
  private Path fitted(Parameters parameters, float[][] gradients) {
    Path file = folder.resolve("curvature.safetensors");
    try (PointerScope scope = new PointerScope();
        CurvatureFit fit = new CurvatureFit(parameters.list(), new Workers(2, () -> {}))) {
      Tensor all = tensor(gradients);
      long first = gradients.length / 3;
      Tensor[] blocks = {all.narrow(0, 0, first), all.narrow(0, first, gradients.length - first)};
      for (Tensor block : blocks) {
        fit.addSides(block);
      }
      fit.decompose();
      for (Tensor block : blocks) {
        fit.addMoments(block);
      }
      AtomicFile.write(file, fit::writeTo);
    }
    return file;
  }

  private static Tensor tensor(float[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int n = 0; n < rows.length; n++) {
      System.arraycopy(rows[n], 0, flat, n * rows[0].length, rows[0].length);
    }
    return Libtorch.of(flat, ScalarType.Float, rows.length, rows[0].length);
  }

  private static float[] whitened(
      Parameters parameters, float[][] gradients, Path file, double damping) {
    try (PointerScope scope = new PointerScope();
        Projection whitening =
            new CurvatureConfig(CurvatureConfig.Kind.EKFAC, damping)
                .before(new NoProjection(parameters.count()), parameters, file)) {
      Tensor sums = Libtorch.zeros(ScalarType.Float, gradients.length, parameters.count());
      Tensor all = tensor(gradients);
      parameters
          .list()
          .forEach(w -> whitening.add(w.offset(), all.narrow(1, w.offset(), w.numel()), sums));
      return Libtorch.floats(sums);
    }
  }

  /**
   * G_k = √n·A·E_k·B over all n = O·I unit matrices E_k: the mean of vec(G)·vec(G)ᵀ is exactly AAᵀ
   * ⊗ BᵀB, which Kronecker factors hold without loss. Biases are left out.
   */
  @Test
  void gradientsOfKroneckerStructureAreWhite() {
    Parameters parameters =
        NamedShapes.of(
            new TreeMap<>(Map.of("conv", new long[] {OUT, IN / 2, 2, 1}, "zbias", new long[] {4})));
    SimpleMatrix a = random(OUT, Seed.of(1));
    SimpleMatrix b = random(IN, Seed.of(2));
    int n = OUT * IN;
    float[][] gradients = new float[n][parameters.count()];
    for (int k = 0; k < n; k++) {
      SimpleMatrix unit = new SimpleMatrix(OUT, IN);
      unit.set(k, Math.sqrt(n) * 1e-4);
      SimpleMatrix g = a.mult(unit).mult(b);
      for (int i = 0; i < n; i++) {
        gradients[k][i] = (float) g.get(i);
      }
      gradients[k][n + k % BIAS] = 3e-5f * (1 + k % BIAS);
    }
    float[] white = whitened(parameters, gradients, fitted(parameters, gradients), 1e-9);
    int p = parameters.count();
    for (int i = 0; i < p; i++) {
      for (int j = 0; j < p; j++) {
        double moment = 0;
        for (int k = 0; k < n; k++) {
          moment += (double) white[k * p + i] * white[k * p + j] / n;
        }
        if (i >= n || j >= n) {
          assertThat(moment).as("%d, %d", i, j).isZero();
        } else {
          // Float32 gradients, bases and scales, and A and B of condition some tens.
          assertThat(moment).as("%d, %d", i, j).isCloseTo(i == j ? 1 : 0, within(1e-4));
        }
      }
    }
    parameters.close();
  }

  @Test
  void sidesTooLongKeepTheirCoordinatesAndWeightsThatAreDeadOrNoMatricesCountForNothing() {
    int wide = KroneckerBasis.LONGEST + 1;
    Parameters parameters =
        NamedShapes.of(
            new TreeMap<>(
                Map.of(
                    "a.wide", new long[] {2, wide},
                    "b.dead", new long[] {3, 3},
                    "c.scalar", new long[] {})));
    float[][] gradients = new float[5][parameters.count()];
    for (int n = 0; n < gradients.length; n++) {
      Seed.of(4).child(n).stream().fillGaussian(gradients[n]);
      Arrays.fill(gradients[n], 2 * wide, 2 * wide + 9, 0);
    }
    Path file = fitted(parameters, gradients);
    assertThat(Safetensors.open(file).names())
        .containsExactly(
            "a.wide.left", "a.wide.moments", "b.dead.left", "b.dead.right", "b.dead.moments");
    float[] alive = new float[parameters.count()];
    Arrays.fill(alive, 1);
    float[] white = whitened(parameters, new float[][] {alive}, file, 0.1);
    assertThat(IntStream.range(0, 9).mapToObj(i -> white[2 * wide + i])).containsOnly(0f);
    assertThat(white[2 * wide + 9]).isZero();
    assertThat(white[0]).isNotZero();
    parameters.close();
  }

  @Test
  void aModelWithoutMatricesIsRefused() {
    try (Parameters parameters = NamedShapes.of(Map.of("bias", new long[] {5}))) {
      assertThatThrownBy(() -> fitted(parameters, new float[2][5]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no weight of two dimensions");
    }
  }

  @Test
  void aFileOfAnotherModelIsRefused() {
    try (Parameters two = NamedShapes.of(Map.of("w", new long[] {2, 3}));
        Parameters three = NamedShapes.of(Map.of("w", new long[] {3, 3}))) {
      Path file = fitted(two, new float[4][6]);
      assertThatThrownBy(() -> whitened(three, new float[1][9], file, 0.1))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("has 6 numbers as w.moments, the checkpoint needs 9");
    }
  }

  /** A failure would mean that long runs eat all memory. */
  @Test
  void fittingAndWhiteningLeaveNoNativeObjectBehind() {
    try (Parameters parameters =
        NamedShapes.of(new TreeMap<>(Map.of("v", new long[] {5}, "w", new long[] {3, 4, 2})))) {
      float[][] gradients = new float[6][parameters.count()];
      for (int n = 0; n < gradients.length; n++) {
        Seed.of(5).child(n).stream().fillGaussian(gradients[n]);
      }
      long count = 0;
      for (int round = 0; round < 13; round++) {
        whitened(parameters, gradients, fitted(parameters, gradients), 0.1);
        if (round == 2) {
          count = Pointer.totalCount();
        }
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
    }
  }

  @Test
  void unreadableCurvaturesAreNamed() {
    for (String text : new String[] {"kfac", "ekfac:", "ekfac:0", "ekfac:-1", "ekfac:NaN", ""}) {
      assertThatThrownBy(() -> CurvatureConfig.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("curvature");
    }
    assertThat(CurvatureConfig.parse("ekfac").toString()).isEqualTo("ekfac:0.003");
    assertThat(CurvatureConfig.parse("none")).isEqualTo(CurvatureConfig.NONE);
  }
}
