package io.journey.score;

/** Φ in memory. */
public record ArrayRows(float[][] phi) implements FeatureRows {
  @Override
  public int size() {
    return phi.length;
  }

  @Override
  public int dim() {
    return phi[0].length;
  }

  @Override
  public void read(int row, int column, int count, float[] out, int offset) {
    System.arraycopy(phi[row], column, out, offset, count);
  }
}
