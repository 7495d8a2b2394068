package io.journey.projection;

import io.journey.nn.Parameter;
import io.journey.run.Workers;
import io.journey.tensor.DType;
import io.journey.tensor.Libtorch;
import io.journey.tensor.Npy;
import io.journey.tensor.Safetensors;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Fits what {@link Whitening} needs to the gradients G_i of examples, which pass twice:
 *
 * <ol>
 *   <li>The sides of each weight: Σ_i G_i·G_iᵀ and Σ_i G_iᵀ·G_i. Their eigenvectors are the
 *       weight's basis. The two are one step of power iteration from the identity towards the
 *       Kronecker product nearest to Σ_i vec(G_i)·vec(G_i)ᵀ (Van Loan and Pitsianis 1993; Morwani
 *       et al. 2024).
 *   <li>The second moments of the coordinates in that basis, Λ: the best diagonal there (George et
 *       al. 2018).
 * </ol>
 *
 * <p>Biases and the weights of norms are left out (see {@link Whitening}).
 *
 * <p>Sums are in float64, over blocks of gradients in the order they come; the workers share out
 * weights, not examples, so that threads change no number.
 */
public final class CurvatureFit implements AutoCloseable {
  static final String LEFT = ".left";
  static final String RIGHT = ".right";
  static final String MOMENTS = ".moments";

  private final List<WeightFit> weights = new ArrayList<>();
  private final Workers workers;
  private int examples;

  /**
   * @param parameters the weights, whose places in a gradient follow one another
   * @throws IllegalArgumentException if none of them has two dimensions
   */
  public CurvatureFit(List<Parameter> parameters, Workers workers) {
    parameters.stream()
        .filter(KroneckerBasis::isMatrix)
        .forEach(parameter -> weights.add(new WeightFit(parameter)));
    if (weights.isEmpty()) {
      throw new IllegalArgumentException(
          "the model has no weight of two dimensions, which curvature ekfac needs: use"
              + " --curvature none");
    }
    this.workers = workers;
  }

  /**
   * First pass: adds whole gradients.
   *
   * @param gradients [B, p] float32
   */
  public void addSides(Tensor gradients) {
    workers.forEach(
        2 * weights.size(), unit -> weights.get(unit / 2).addSide(gradients, unit % 2 == 0));
  }

  /** Ends the first pass. */
  public void decompose() {
    workers.forEach(2 * weights.size(), unit -> weights.get(unit / 2).decompose(unit % 2 == 0));
    weights.forEach(WeightFit::beginMoments);
  }

  /**
   * Second pass: adds the same gradients again.
   *
   * @param gradients [B, p] float32
   */
  public void addMoments(Tensor gradients) {
    workers.forEach(weights.size(), unit -> weights.get(unit).addMoments(gradients));
    examples += Math.toIntExact(gradients.size(0));
  }

  /**
   * Writes a safetensors file: for each weight {@code NAME.left} [O, O] and {@code NAME.right} [I,
   * I], where there are such bases, and {@code NAME.moments} [O, I] or [n]; all float32.
   */
  public void writeTo(OutputStream out) throws IOException {
    Safetensors.Writer writer = new Safetensors.Writer();
    writer.metadata("curvature", "ekfac").metadata("examples", Integer.toString(examples));
    weights.forEach(weight -> weight.addTo(writer, examples));
    writer.writeTo(out);
  }

  @Override
  public void close() {
    weights.forEach(WeightFit::close);
  }

  /** Sums of one weight; those of a side go once its eigenvectors are there. */
  private static final class WeightFit {
    private final Parameter weight;
    private final Tensor[] sums = new Tensor[2]; // left and right, [O, O] and [I, I]
    private final Tensor[] vectors = new Tensor[2];
    private KroneckerBasis basis;
    private Tensor moments; // [O·I]

    WeightFit(Parameter weight) {
      this.weight = weight;
      for (int side = 0; side < 2; side++) {
        int length = KroneckerBasis.turned(weight, side == 0);
        sums[side] = length == 0 ? null : kept(length, length);
      }
    }

    private static Tensor kept(long... shape) {
      try (PointerScope scope = new PointerScope()) {
        return Libtorch.keep(Libtorch.zeros(ScalarType.Double, shape));
      }
    }

    private Tensor part(Tensor gradients) {
      return gradients.narrow(1, weight.offset(), weight.numel());
    }

    void addSide(Tensor gradients, boolean left) {
      Tensor sum = sums[left ? 0 : 1];
      if (sum == null) {
        return;
      }
      try (PointerScope scope = new PointerScope()) {
        long outputs = KroneckerBasis.outputs(weight);
        Tensor part = part(gradients).to(ScalarType.Double).contiguous();
        Tensor rows =
            left
                ? part.view(gradients.size(0), outputs, -1).transpose(0, 1).reshape(outputs, -1).t()
                : part.view(gradients.size(0) * outputs, -1);
        sum.addmm_(rows.t(), rows);
      }
    }

    void decompose(boolean left) {
      int side = left ? 0 : 1;
      if (sums[side] != null) {
        vectors[side] = KroneckerBasis.eigenvectors(sums[side], weight.name());
        sums[side].close();
        sums[side] = null;
      }
    }

    void beginMoments() {
      basis = new KroneckerBasis(weight, vectors[0], vectors[1]);
      moments = kept(weight.numel());
    }

    void addMoments(Tensor gradients) {
      try (PointerScope scope = new PointerScope()) {
        Tensor coordinates = basis.coordinates(part(gradients).contiguous());
        moments.add_(coordinates.to(ScalarType.Double).square().sum(0));
      }
    }

    void addTo(Safetensors.Writer writer, int examples) {
      long outputs = KroneckerBasis.outputs(weight);
      long inputs = weight.numel() / outputs;
      if (basis.left() != null) {
        writer.add(weight.name() + LEFT, numbers(basis.left(), 1), outputs, outputs);
      }
      if (basis.right() != null) {
        writer.add(weight.name() + RIGHT, numbers(basis.right(), 1), inputs, inputs);
      }
      writer.add(weight.name() + MOMENTS, numbers(moments, examples), outputs, inputs);
    }

    private static Safetensors.Writer.Numbers numbers(Tensor tensor, int divisor) {
      return out -> {
        try (PointerScope scope = new PointerScope()) {
          float[] numbers = Libtorch.floats(tensor.div(new Scalar((double) divisor)));
          Npy.writeNumbers(out, DType.F32, numbers);
        }
      };
    }

    void close() {
      for (int side = 0; side < 2; side++) {
        if (sums[side] != null) {
          sums[side].close();
        }
        if (vectors[side] != null) {
          vectors[side].close();
        }
      }
      if (moments != null) {
        moments.close();
      }
    }
  }
}
