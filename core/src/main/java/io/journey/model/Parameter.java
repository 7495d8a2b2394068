package io.journey.model;

import org.bytedeco.pytorch.Tensor;

/** One named weight of a model: a view into the model's flat parameter vector. */
public final class Parameter {
  private final String name;
  private final long[] shape;
  private final int fanIn;
  private final int offset;
  private Tensor tensor;

  Parameter(String name, int offset, int fanIn, long[] shape) {
    this.name = name;
    this.offset = offset;
    this.fanIn = fanIn;
    this.shape = shape;
  }

  /** The name in a diffusers state dict, such as {@code conv_in.weight}. */
  public String name() {
    return name;
  }

  /** Its shape. */
  public long[] shape() {
    return shape.clone();
  }

  /** How many numbers it has. */
  public int numel() {
    long n = 1;
    for (long dim : shape) {
      n *= dim;
    }
    return Math.toIntExact(n);
  }

  /** Where its numbers begin in the flat vector. */
  public int offset() {
    return offset;
  }

  /** How many inputs feed one output, or 0 for the scale and shift of a norm. */
  int fanIn() {
    return fanIn;
  }

  /** The leaf tensor gradients are taken for; owned by the model. */
  public Tensor tensor() {
    return tensor;
  }

  void bind(Tensor view) {
    this.tensor = view;
  }
}
