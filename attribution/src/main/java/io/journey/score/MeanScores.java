package io.journey.score;

/** The mean of scores over checkpoints, summed in float32 in the order of checkpoints. */
public final class MeanScores {
  private final float[][] sums;

  /**
   * @param queries steps times targets
   */
  public MeanScores(int queries) {
    this.sums = new float[queries][];
  }

  /** Adds a checkpoint's scores of one target at one step, [N]. */
  public void add(int query, float[] scores) {
    if (sums[query] == null) {
      sums[query] = scores.clone();
      return;
    }
    for (int i = 0; i < scores.length; i++) {
      sums[query][i] += scores[i];
    }
  }

  /** Adds all scores of a checkpoint. */
  void add(float[][] scores) {
    for (int query = 0; query < scores.length; query++) {
      add(query, scores[query]);
    }
  }

  /**
   * Returns the mean; nothing may be added afterwards.
   *
   * @return [queries][N]
   */
  public float[][] over(int checkpoints) {
    for (float[] row : sums) {
      for (int i = 0; i < row.length; i++) {
        row[i] /= checkpoints;
      }
    }
    return sums;
  }
}
