package io.journey.preconditioner;

import io.journey.array.DType;
import io.journey.array.Safetensors;
import io.journey.nn.FormedGradient;
import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multiplies gradients by (F + λI)^(−1/2), so that inner products of features estimate influence
 * functions, gᵀ(F + λI)⁻¹∇ℓ_i (Koh and Liang 2017). F is the empirical Fisher matrix, weight by
 * weight, in a basis of Kronecker factors with corrected eigenvalues (EK-FAC; George et al. 2018,
 * Grosse et al. 2023): the coordinates L·G·Rᵀ of a weight's gradient are divided by √(Λ + λ), λ =
 * c·mean(Λ) over all weights, one λ for all. They stay in that basis: inner products are the same.
 *
 * <p>Biases and the weights of norms, which have one dimension, are left out: they count for
 * nothing. With a diagonal of their own they cost points of LDS (docs/methods/ek-fac.md).
 *
 * <p>A weight whose gradients are 0 but for rounding (the bias of an attention's keys, which a
 * softmax ignores) would come out as large as any other, of noise: one with less than {@link
 * #ROUNDING} of the model's mean(Λ) counts for nothing.
 */
public final class Ekfac implements Preconditioner {
  /** The square of what float32 sums lose of some hundred thousand numbers, 10⁻⁵. */
  static final double ROUNDING = 1e-10;

  /**
   * The basis and the scale of a weight's gradients.
   *
   * @param scale (Λ + λ)^(−1/2), [O·I]
   */
  private record Weight(KroneckerBasis basis, Tensor scale, int outputs) {}

  private final Map<String, Weight> weights = new HashMap<>();

  private Ekfac() {}

  /**
   * Reads what {@link EkfacFit} wrote.
   *
   * @param parameters the weights it was fitted to, of which matrices count
   * @param damping c
   * @throws JourneyException if the file is not of these weights
   */
  static Ekfac read(List<Parameter> parameters, Path file, double damping) {
    Safetensors tensors = Safetensors.open(file);
    List<Parameter> matrices = parameters.stream().filter(KroneckerBasis::isMatrix).toList();
    Map<String, Double> means = new HashMap<>();
    double sum = 0;
    long count = 0;
    for (Parameter weight : matrices) {
      double mean = mean(moments(tensors, weight));
      means.put(weight.name(), mean);
      sum += mean * weight.numel();
      count += weight.numel();
    }
    Ekfac ekfac = new Ekfac();
    try {
      for (Parameter weight : matrices) {
        if (means.get(weight.name()) > ROUNDING * sum / count) {
          ekfac.weights.put(weight.name(), read(tensors, weight, damping * sum / count));
        }
      }
      return ekfac;
    } catch (RuntimeException e) {
      ekfac.close();
      throw e;
    }
  }

  private static Weight read(Safetensors tensors, Parameter weight, double lambda) {
    float[] scale = moments(tensors, weight);
    for (int i = 0; i < scale.length; i++) {
      scale[i] = (float) (1 / Math.sqrt(scale[i] + lambda));
    }
    try (PointerScope scope = new PointerScope()) {
      return new Weight(
          new KroneckerBasis(basis(tensors, weight, true), basis(tensors, weight, false)),
          Libtorch.keep(Libtorch.of(scale, ScalarType.Float, scale.length)),
          KroneckerBasis.side(weight, true));
    }
  }

  private static float[] moments(Safetensors tensors, Parameter weight) {
    float[] moments = numbers(tensors, weight.name() + EkfacFit.MOMENTS, weight.numel());
    for (float moment : moments) {
      if (!(moment >= 0) || Float.isInfinite(moment)) {
        throw new JourneyException(
            tensors.file() + " has " + moment + " as a square: featurize anew.");
      }
    }
    return moments;
  }

  private static Tensor basis(Safetensors tensors, Parameter weight, boolean left) {
    int side = KroneckerBasis.side(weight, left);
    if (side == 1) {
      return null;
    }
    String name = weight.name() + (left ? EkfacFit.LEFT : EkfacFit.RIGHT);
    float[] numbers = numbers(tensors, name, (long) side * side);
    Tensor whole = Libtorch.of(numbers, ScalarType.Float, side, side);
    return Libtorch.keep(
        KroneckerBasis.type(side) == DType.F16 ? whole.to(ScalarType.Half) : whole);
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

  @Override
  public boolean keeps(Parameter weight) {
    return weights.containsKey(weight.name());
  }

  @Override
  public LayerGradient apply(Parameter weight, LayerGradient gradient) {
    return new Preconditioned(weights.get(weight.name()), gradient);
  }

  /** L·G·Rᵀ over √(Λ + λ). */
  private record Preconditioned(Weight weight, LayerGradient gradient) implements LayerGradient {
    @Override
    public long examples() {
      return gradient.examples();
    }

    @Override
    public Tensor formed() {
      return weight.basis().coordinates(gradient).mul_(weight.scale());
    }

    @Override
    public Tensor between(Tensor left, Tensor right) {
      return whole().between(left, right);
    }

    @Override
    public void addSides(Tensor outputs, Tensor inputs, int positions) {
      whole().addSides(outputs, inputs, positions);
    }

    private FormedGradient whole() {
      return new FormedGradient(formed(), weight.outputs());
    }
  }

  @Override
  public void close() {
    for (Weight weight : weights.values()) {
      weight.basis().close();
      weight.scale().close();
    }
  }
}
