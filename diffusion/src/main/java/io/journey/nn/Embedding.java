package io.journey.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A table of V rows of E weights, one of which is looked up. */
public final class Embedding implements TrackedLayer {
  private final Parameter weight; // (V, E)

  /** Announces the table. */
  public Embedding(Parameters parameters, String name, int rows, int width) {
    this.weight = parameters.addGaussian(name + ".weight", rows, width);
  }

  /** Row numbers (B), int64 -> (B, E) */
  public Tensor forward(Tensor rows, Tape tape) {
    Tensor y = torch.embedding(weight.tensor(), rows);
    tape.record(this, rows, y);
    return y;
  }

  /** V, the rows of the table. */
  public int rows() {
    return Math.toIntExact(weight.shape()[0]);
  }

  @Override
  public Parameter weight() {
    return weight;
  }

  @Override
  public Parameter bias() {
    return null;
  }

  /** As of a linear map without bias whose inputs are δ and whose outputs are rows looked up. */
  @Override
  public ExampleGradientRule rule() {
    return (use, delta, sink) -> {
      if (sink.wants(weight)) {
        Tensor chosen = torch.one_hot(use.input(), rows()).to(delta.scalar_type()); // (B, V)
        sink.accept(weight, new OuterProducts(use.tokens(chosen), use.tokens(delta), 1));
      }
    };
  }
}
