package io.journey.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * A square matrix for each side of the gradients G ∈ R^{O×I×T} of a weight of the shape [O, I, …].
 * T, the taps, is the product of the further lengths, 1 of a linear layer and K·K of a convolution.
 *
 * @param outputs [O, O], or null
 * @param inputs [I, I], or null
 * @param taps [T, T], or null
 */
public record SideMatrices(Tensor outputs, Tensor inputs, Tensor taps) implements AutoCloseable {
  /** How many sides there are. */
  public static final int SIDES = 3;

  /**
   * Makes the matrices side by side.
   *
   * @param of gives that of outputs (0), inputs (1) and taps (2), or null
   */
  public static SideMatrices of(IntFunction<Tensor> of) {
    return new SideMatrices(of.apply(0), of.apply(1), of.apply(2));
  }

  /**
   * Returns the lengths O, I and T of a weight's sides.
   *
   * @throws ArithmeticException if one is beyond an int
   */
  public static int[] lengths(Parameter weight) {
    long[] shape = weight.shape();
    int outputs = shape.length == 0 ? 1 : Math.toIntExact(shape[0]);
    int inputs = shape.length < 2 ? 1 : Math.toIntExact(shape[1]);
    return new int[] {outputs, inputs, weight.numel() / outputs / inputs};
  }

  /** Returns the matrix of a side, 0 to 2, or null. */
  public Tensor get(int side) {
    return side == 0 ? outputs : side == 1 ? inputs : taps;
  }

  /** Returns what a function makes of those that are there. */
  public SideMatrices map(Function<Tensor, Tensor> body) {
    return of(side -> get(side) == null ? null : body.apply(get(side)));
  }

  /** Returns those that are there. */
  public List<Tensor> present() {
    List<Tensor> present = new ArrayList<>();
    for (int side = 0; side < SIDES; side++) {
      if (get(side) != null) {
        present.add(get(side));
      }
    }
    return present;
  }

  /** Closes the matrices, where they have no scope that does. */
  @Override
  public void close() {
    present().forEach(Tensor::close);
  }
}
