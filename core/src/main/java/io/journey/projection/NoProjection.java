package io.journey.projection;

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
  public void add(int offset, int length, float[] parts, double[][] sums, int first) {
    for (int i = 0; i < parts.length; i++) {
      sums[first + i / length][offset + i % length] += parts[i];
    }
  }
}
