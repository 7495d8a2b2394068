package io.journey.projection;

import io.journey.nn.Parameter;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import io.journey.tensor.Safetensors;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multiplies gradients by (F + λI)^(−1/2) on their way to a projection, so that inner products of
 * features estimate influence functions, gᵀ(F + λI)⁻¹∇ℓ_i (Koh and Liang 2017). F is the empirical
 * Fisher matrix, weight by weight, in a basis of Kronecker factors with corrected eigenvalues
 * (EK-FAC; George et al. 2018, Grosse et al. 2023): the coordinates L·G·Rᵀ of a weight's gradient
 * are divided by √(Λ + λ), λ = c·mean(Λ) over all weights of the model, one λ for all. They stay in
 * that basis: inner products are the same.
 *
 * <p>Biases and the weights of norms, which have one dimension, are left out: they count for
 * nothing. With a diagonal of their own they cost points of LDS (docs/methods/ek-fac.md).
 *
 * <p>A weight whose gradients are 0 but for rounding (the bias of an attention's keys, which a
 * softmax ignores) would come out as large as any other, of noise: one with less than {@link
 * #ROUNDING} of the model's mean(Λ) counts for nothing.
 */
public final class Whitening implements Projection {
  /** The square of what float32 sums lose of some hundred thousand numbers, 10⁻⁵. */
  static final double ROUNDING = 1e-10;

  private record Weight(KroneckerBasis basis, Tensor scale) {}

  private final Projection inner;
  private final Map<Integer, Weight> weights = new HashMap<>();
  private final Set<Integer> leftOut = new HashSet<>();

  private Whitening(Projection inner) {
    this.inner = inner;
  }

  /**
   * Reads what {@link CurvatureFit} wrote.
   *
   * @param inner receives whitened gradients; closed with this
   * @param parameters the weights
   * @param damping c
   * @throws JourneyException if the file is not of these weights
   */
  static Whitening read(Projection inner, List<Parameter> parameters, Path file, double damping) {
    Safetensors tensors = Safetensors.open(file);
    Map<String, float[]> moments = new HashMap<>();
    double sum = 0;
    long count = 0; // of numbers in matrices
    List<Parameter> matrices = parameters.stream().filter(KroneckerBasis::isMatrix).toList();
    for (Parameter weight : matrices) {
      float[] own = moments(tensors, weight);
      moments.put(weight.name(), own);
      sum += mean(own) * own.length;
      count += own.length;
    }
    Whitening whitening = new Whitening(inner);
    parameters.stream()
        .filter(weight -> !KroneckerBasis.isMatrix(weight))
        .forEach(weight -> whitening.leftOut.add(weight.offset()));
    try {
      for (Parameter weight : matrices) {
        float[] own = moments.get(weight.name());
        boolean alive = mean(own) > ROUNDING * sum / count;
        float[] scale = alive ? scale(own, damping * sum / count) : new float[own.length];
        whitening.weights.put(weight.offset(), read(tensors, weight, scale));
      }
      return whitening;
    } catch (RuntimeException e) {
      whitening.close();
      throw e;
    }
  }

  private static float[] moments(Safetensors tensors, Parameter weight) {
    float[] moments = numbers(tensors, weight.name() + CurvatureFit.MOMENTS, weight.numel());
    for (float moment : moments) {
      if (!(moment >= 0) || Float.isInfinite(moment)) {
        throw new JourneyException(
            tensors.file() + " has " + moment + " as a square: featurize anew.");
      }
    }
    return moments;
  }

  private static Weight read(Safetensors tensors, Parameter weight, float[] scale) {
    try (PointerScope scope = new PointerScope()) {
      return new Weight(
          new KroneckerBasis(
              weight,
              basis(tensors, weight.name() + CurvatureFit.LEFT, weight, true),
              basis(tensors, weight.name() + CurvatureFit.RIGHT, weight, false)),
          Libtorch.keep(Libtorch.of(scale, ScalarType.Float, scale.length)));
    }
  }

  private static Tensor basis(Safetensors tensors, String name, Parameter weight, boolean left) {
    int side = KroneckerBasis.turned(weight, left);
    if (side == 0) {
      return null;
    }
    float[] numbers = numbers(tensors, name, (long) side * side);
    return Libtorch.keep(Libtorch.of(numbers, ScalarType.Float, side, side));
  }

  private static float[] numbers(Safetensors tensors, String name, long expected) {
    long found = tensors.shape(name).stream().reduce(1L, (a, b) -> a * b);
    if (found != expected) {
      throw new JourneyException(
          tensors.file()
              + " has "
              + Counted.of(found, "numbers")
              + " as "
              + name
              + ", the checkpoint needs "
              + expected
              + ": featurize with this checkpoint.");
    }
    return tensors.floats(name);
  }

  private static double mean(float[] moments) {
    double sum = 0;
    for (float moment : moments) {
      sum += moment;
    }
    return sum / moments.length;
  }

  /** (Λ + λ)^(−1/2) */
  private static float[] scale(float[] moments, double lambda) {
    float[] scale = new float[moments.length];
    for (int i = 0; i < scale.length; i++) {
      scale[i] = (float) (1 / Math.sqrt(moments[i] + lambda));
    }
    return scale;
  }

  @Override
  public int dim() {
    return inner.dim();
  }

  /** Parts are those of whole weights, as gradients hand them over. */
  @Override
  public void add(int offset, Tensor parts, Tensor sums) {
    if (leftOut.contains(offset)) {
      return;
    }
    Weight weight = weights.get(offset);
    if (weight == null || weight.scale().numel() != parts.size(1)) {
      throw new IllegalArgumentException("no weight of " + parts.size(1) + " begins at " + offset);
    }
    try (PointerScope scope = new PointerScope()) {
      inner.add(offset, weight.basis().coordinates(parts).mul_(weight.scale()), sums);
    }
  }

  @Override
  public void close() {
    for (Weight weight : weights.values()) {
      weight.basis().close();
      weight.scale().close();
    }
    inner.close();
  }
}
