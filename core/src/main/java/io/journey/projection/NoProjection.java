package io.journey.projection;

import org.bytedeco.pytorch.Tensor;

/** The identity: features are whole gradients. For small models. */
public final class NoProjection implements Projection {
  private final int p;

  NoProjection(int p) {
    this.p = p;
  }

  @Override
  public int dim() {
    return p;
  }

  @Override
  public void add(int offset, Tensor parts, Tensor sums) {
    sums.narrow(1, offset, parts.size(1)).add_(parts);
  }
}
