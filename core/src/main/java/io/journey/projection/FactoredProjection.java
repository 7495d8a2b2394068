package io.journey.projection;

import io.journey.gradient.Factors;
import io.journey.nn.Parameter;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

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
  private final Map<String, Factors> factors = new HashMap<>();

  FactoredProjection(List<Parameter> weights, int p, int dim, Seed seed) {
    this.sketch = new SparseProjection(p, dim, seed.child("sketch"));
    for (Parameter weight : weights) {
      long[] shape = weight.shape();
      int out = Math.toIntExact(shape[0]);
      int in = weight.numel() / out;
      if (shape.length > 1 && out >= MIN_OUT) {
        Seed own = seed.child(weight.name());
        factors.put(
            weight.name(),
            new Factors(
                RANK,
                rows(own.child("left"), out),
                Math.min(in, RANK),
                in > RANK ? rows(own.child("right"), in) : null));
      }
    }
  }

  @Override
  public int dim() {
    return sketch.dim();
  }

  @Override
  public Factors factors(Parameter weight) {
    return factors.get(weight.name());
  }

  @Override
  public void add(int offset, Tensor parts, Tensor sums) {
    sketch.add(offset, parts, sums);
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
