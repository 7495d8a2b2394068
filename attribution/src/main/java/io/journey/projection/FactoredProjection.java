package io.journey.projection;

import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A Kronecker product for each weight matrix (Park et al. 2023 and Choe et al. 2024 use such ones),
 * then a count-sketch of all of them: the gradient G ∈ R^{O×I} of a weight becomes L·G·Rᵀ with at
 * most {@link #RANK}² numbers, which follow from a layer's input and output gradient without G.
 *
 * <p>Rows of L and R are random, orthogonal and of length √(O/l) and √(I/r), so that inner products
 * are unbiased. Inputs no longer than the rank are left alone, and so are biases, norms, and
 * weights of few outputs, whose gradients cost no more whole.
 */
public final class FactoredProjection implements Projection {
  /** Rows of a factor. */
  static final int RANK = 16;

  /** Outputs from which on a factor of so few rows saves work. */
  private static final int MIN_OUT = 4 * RANK;

  private final SparseProjection sketch;
  private final Seed seed;

  /** Factors of the weights met so far: they are few numbers, and take time to make. */
  private final Map<String, Factors> factors = new ConcurrentHashMap<>();

  /**
   * @param left [RANK, O]
   * @param right [RANK, I], or null where inputs are no longer than the rank
   */
  private record Factors(Tensor left, Tensor right) {}

  FactoredProjection(int dim, Seed seed) {
    this.sketch = new SparseProjection(dim, seed.child("sketch"));
    this.seed = seed;
  }

  @Override
  public int dim() {
    return sketch.dim();
  }

  @Override
  public void add(Parameter weight, LayerGradient gradient, Tensor sums) {
    long[] shape = weight.shape();
    if (shape.length < 2 || shape[0] < MIN_OUT) {
      sketch.add(weight, gradient, sums);
      return;
    }
    int out = (int) shape[0];
    int in = weight.numel() / out;
    Factors own = factors.computeIfAbsent(weight.name(), name -> factors(name, out, in));
    sketch.add(weight.name(), gradient.between(own.left(), own.right()), sums);
  }

  private Factors factors(String name, int out, int in) {
    Seed own = seed.child(name);
    return new Factors(
        factor(own.child("left"), out), in > RANK ? factor(own.child("right"), in) : null);
  }

  private static Tensor factor(Seed seed, int n) {
    try (PointerScope scope = new PointerScope()) {
      return Libtorch.keep(Libtorch.of(rows(seed, n), ScalarType.Float, RANK, n));
    }
  }

  @Override
  public void close() {
    for (Factors each : factors.values()) {
      each.left().close();
      if (each.right() != null) {
        each.right().close();
      }
    }
    factors.clear();
    sketch.close();
  }

  /** {@link #RANK} orthogonal rows of n numbers, each of length √(n / RANK), by Gram-Schmidt. */
  private static float[] rows(Seed seed, int n) {
    RandomStream stream = seed.stream();
    double[][] rows = new double[RANK][n];
    float[] out = new float[RANK * n];
    for (int r = 0; r < RANK; r++) {
      for (int i = 0; i < n; i++) {
        rows[r][i] = stream.gaussian((long) r * n + i);
      }
      for (int before = 0; before < r; before++) {
        GaussianProjection.addScaled(rows[r], -dot(rows[r], rows[before]), rows[before]);
      }
      double length = Math.sqrt(dot(rows[r], rows[r]));
      for (int i = 0; i < n; i++) {
        rows[r][i] /= length;
        out[r * n + i] = (float) (rows[r][i] * Math.sqrt((double) n / RANK));
      }
    }
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
