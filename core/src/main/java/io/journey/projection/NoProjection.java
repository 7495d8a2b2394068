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
  public void project(float[][] gradients, float[][] out) {
    for (int i = 0; i < gradients.length; i++) {
      System.arraycopy(gradients[i], 0, out[i], 0, p);
    }
  }
}
