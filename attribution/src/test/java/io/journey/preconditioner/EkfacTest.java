package io.journey.preconditioner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.DType;
import io.journey.array.Safetensors;
import io.journey.gradient.GradientSink;
import io.journey.model.NamedShapes;
import io.journey.nn.FormedGradient;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.Compute;
import io.journey.run.JourneyException;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EkfacTest {
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

  /**
   * Whole gradients, four in a unit but for the last; of each weight a half, then the rest, as of
   * images whose draws do not fit into one batch.
   */
  private record Given(Parameters parameters, float[][] gradients, int parts)
      implements EkfacFit.Source {
    @Override
    public int units() {
      return (gradients.length + 3) / 4;
    }

    @Override
    public int size(int unit) {
      return Math.min(4, gradients.length - 4 * unit);
    }

    @Override
    public void compute(int unit, GradientSink sink) {
      Tensor some = tensor(Arrays.copyOfRange(gradients, 4 * unit, 4 * unit + size(unit)));
      for (Parameter weight : parameters.list()) {
        if (sink.wants(weight)) {
          Tensor own = some.narrow(1, weight.offset(), weight.numel());
          for (int part = 0; part < parts; part++) {
            sink.accept(weight, 0, FormedGradient.of(weight, own.div(new Scalar((double) parts))));
          }
        }
      }
    }

    @Override
    public JourneyException notFinite(int unit) {
      return new JourneyException("not finite: unit " + unit);
    }
  }

  private Path fitted(Parameters parameters, float[][] gradients) {
    Path file = folder.resolve("preconditioner.safetensors");
    try (EkfacFit fit =
        EkfacFit.of(
            parameters.list(),
            new Given(parameters, gradients, 1),
            new Given(parameters, gradients, 2),
            new Workers(2, Compute.JAVA))) {
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

  private static float[] preconditioned(
      Parameters parameters, float[][] gradients, Path file, double damping) {
    int p = parameters.count();
    try (PointerScope scope = new PointerScope();
        Preconditioner ekfac =
            new PreconditionerConfig(PreconditionerConfig.Kind.EKFAC, damping)
                .open(parameters.list(), file)) {
      float[] found = new float[gradients.length * p];
      Tensor all = tensor(gradients);
      for (Parameter weight : parameters.list()) {
        if (!ekfac.keeps(weight)) {
          continue;
        }
        int length = weight.numel();
        Tensor own = all.narrow(1, weight.offset(), length);
        float[] numbers =
            Libtorch.floats(ekfac.apply(weight, FormedGradient.of(weight, own)).formed());
        for (int i = 0; i < numbers.length; i++) {
          found[i / length * p + weight.offset() + i % length] = numbers[i];
        }
      }
      return found;
    }
  }

  /**
   * G_k = √n·A·E_k·B over all n = O·I unit matrices E_k: the mean of vec(G)·vec(G)ᵀ is exactly AAᵀ
   * ⊗ BᵀB, which Kronecker factors hold without loss. Biases are left out.
   */
  @Test
  void gradientsOfKroneckerStructureBecomeWhite() {
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
    float[] white = preconditioned(parameters, gradients, fitted(parameters, gradients), 1e-9);
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
  void weightsThatAreDeadOrNoMatricesCountForNothingAndLongSidesAreKeptInHalfTheBytes() {
    int wide = KroneckerBasis.LONG + 1;
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
    Safetensors tensors = Safetensors.open(file);
    assertThat(tensors.names())
        .containsExactly(
            "a.wide.left",
            "a.wide.right",
            "a.wide.moments",
            "b.dead.left",
            "b.dead.right",
            "b.dead.moments");
    assertThat(tensors.dtype("a.wide.left")).isEqualTo(DType.F32);
    assertThat(tensors.dtype("a.wide.right")).isEqualTo(DType.F16);
    float[] white = preconditioned(parameters, gradients, file, 1e9);
    int p = parameters.count();
    for (int n = 0; n < gradients.length; n++) {
      // Under such a damping all coordinates are divided by one number: lengths keep their ratio.
      double length = 0;
      double expected = 0;
      for (int i = 0; i < 2 * wide; i++) {
        length += Math.pow(white[n * p + i] / white[0], 2);
        expected += Math.pow(gradients[n][i] / white[0], 2);
      }
      double first = norm(white, 0, 2 * wide) / norm(gradients[0], 0, 2 * wide);
      assertThat(Math.sqrt(length / expected) / first).isCloseTo(1, within(1e-3));
      for (int i = 2 * wide; i < p; i++) {
        assertThat(white[n * p + i]).isZero();
      }
    }
    parameters.close();
  }

  private static double norm(float[] x, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) x[i] * x[i];
    }
    return Math.sqrt(sum);
  }

  /** Threads and the memory for statistics decide which weights are fitted together. */
  @Test
  void threadsChangeNoByte() throws IOException {
    Parameters parameters =
        NamedShapes.of(new TreeMap<>(Map.of("v", new long[] {5, 7}, "w", new long[] {3, 4, 2})));
    float[][] gradients = new float[23][parameters.count()];
    for (int n = 0; n < gradients.length; n++) {
      Seed.of(6).child(n).stream().fillGaussian(gradients[n]);
    }
    Given given = new Given(parameters, gradients, 1);
    List<byte[]> files = new ArrayList<>();
    for (int threads : new int[] {1, 2, 5}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (EkfacFit fit =
          EkfacFit.of(parameters.list(), given, given, new Workers(threads, Compute.JAVA))) {
        fit.writeTo(out);
      }
      files.add(out.toByteArray());
    }
    assertThat(files.get(1)).isEqualTo(files.get(0));
    assertThat(files.get(2)).isEqualTo(files.get(0));
    parameters.close();
  }

  @Test
  void gradientsThatAreNotFiniteAreNamed() {
    try (Parameters parameters = NamedShapes.of(Map.of("w", new long[] {2, 3}))) {
      float[][] gradients = new float[9][6];
      gradients[5][2] = Float.NaN;
      assertThatThrownBy(() -> fitted(parameters, gradients))
          .isInstanceOf(JourneyException.class)
          .hasMessage("not finite: unit 1");
    }
  }

  @Test
  void aModelWithoutMatricesIsRefused() {
    try (Parameters parameters = NamedShapes.of(Map.of("bias", new long[] {5}))) {
      assertThatThrownBy(() -> fitted(parameters, new float[2][5]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("none of two dimensions");
    }
  }

  @Test
  void aFileOfAnotherModelIsRefused() {
    try (Parameters two = NamedShapes.of(Map.of("w", new long[] {2, 3}));
        Parameters three = NamedShapes.of(Map.of("w", new long[] {3, 3}))) {
      Path file = fitted(two, new float[4][6]);
      assertThatThrownBy(() -> preconditioned(three, new float[1][9], file, 0.1))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("has 6 numbers as w.moments, the checkpoint needs 9");
    }
  }

  /** A failure would mean that long runs eat all memory. */
  @Test
  void fittingAndApplyingLeaveNoNativeObjectBehind() {
    try (Parameters parameters =
        NamedShapes.of(new TreeMap<>(Map.of("v", new long[] {5}, "w", new long[] {3, 4, 2})))) {
      float[][] gradients = new float[6][parameters.count()];
      for (int n = 0; n < gradients.length; n++) {
        Seed.of(5).child(n).stream().fillGaussian(gradients[n]);
      }
      long count = 0;
      for (int round = 0; round < 13; round++) {
        preconditioned(parameters, gradients, fitted(parameters, gradients), 0.1);
        if (round == 2) {
          count = Pointer.totalCount();
        }
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
    }
  }

  @Test
  void unreadableOnesAreNamed() {
    for (String text : new String[] {"kfac", "ekfac:", "ekfac:0", "ekfac:-1", "ekfac:NaN", ""}) {
      assertThatThrownBy(() -> PreconditionerConfig.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("preconditioner");
    }
    assertThat(PreconditionerConfig.parse("ekfac").toString()).isEqualTo("ekfac:0.003");
    assertThat(PreconditionerConfig.parse("none")).isEqualTo(PreconditionerConfig.NONE);
  }
}
