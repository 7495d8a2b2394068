package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A change of low rank to a layer, LoRA (Hu et al. 2021): y = Wx + s·B(Ax). Both are layers of
 * their own, so that the gradients of an example follow from the same rules as everywhere.
 *
 * @param down A, from the layer's inputs to r numbers; of a convolution one with its kernel
 * @param up B, from r numbers to the layer's outputs; of a convolution one of 1×1
 * @param scale s
 */
public record LowRankPair<L extends TrackedLayer>(L down, L up, double scale) {
  /** What a layer does with its input. */
  @FunctionalInterface
  interface Forward<L> {
    Tensor of(L layer, Tensor x, Tape tape);
  }

  /** Adds s·B(inner) to an output. */
  Tensor add(Tensor y, Tensor inner, Forward<L> forward, Tape tape) {
    return y.add(forward.of(up, inner, tape), new Scalar(scale));
  }

  /** Returns r. */
  public int rank() {
    return (int) down.weight().shape()[0];
  }

  List<Module> layers() {
    return List.of(down, up);
  }
}
