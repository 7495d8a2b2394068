package io.journey.nn;

import io.journey.random.RandomStream;
import io.journey.tensor.Libtorch;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** One named weight of a model: a view into the model's flat parameter vector, or a constant. */
public final class Parameter {
  /** The value that number {@code i} of a weight starts with. */
  @FunctionalInterface
  interface Start {
    float at(RandomStream stream, int i);
  }

  private final String name;
  private final long[] shape;
  private final Start start;
  private int offset;
  private Tensor tensor;

  Parameter(String name, int offset, Start start, long[] shape) {
    this.name = name;
    this.offset = offset;
    this.start = start;
    this.shape = shape;
  }

  /** Returns the name in a diffusers state dict, such as {@code conv_in.weight}. */
  public String name() {
    return name;
  }

  /** Its shape. */
  public long[] shape() {
    return shape.clone();
  }

  /** Returns how many numbers it has. */
  public int numel() {
    long n = 1;
    for (long dim : shape) {
      n *= dim;
    }
    return Math.toIntExact(n);
  }

  /** Returns where its numbers begin in the flat vector; -1 for a constant. */
  public int offset() {
    return offset;
  }

  /**
   * Returns whether it is no part of θ: stored with the weights, but no gradient is taken for it.
   */
  public boolean isConstant() {
    return offset < 0;
  }

  /**
   * Returns the leaf tensor gradients are taken for, unless it is a constant; owned by the model.
   */
  public Tensor tensor() {
    return tensor;
  }

  /** Returns a copy of its numbers, in C order. */
  public float[] get() {
    try (PointerScope scope = new PointerScope()) {
      return Libtorch.floats(tensor.detach());
    }
  }

  /** Overwrites its numbers. */
  public void set(float[] values) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Libtorch.write(tensor, values);
    }
  }

  /** The numbers it starts with. */
  void start(RandomStream stream, float[] out, int from) {
    for (int i = 0; i < numel(); i++) {
      out[from + i] = start.at(stream, i);
    }
  }

  /** Makes it a constant: no part of θ, and no gradient is taken for it. */
  void freeze() {
    offset = -1;
    tensor.set_requires_grad(false);
  }

  void bind(Tensor view) {
    this.tensor = view;
  }
}
