package io.journey.results;

import io.journey.dataset.MemoryDataset;
import java.nio.file.Path;

/** Attributions of images of one pixel whose scores a test writes down. */
public final class HandMadeScores {
  private HandMadeScores() {}

  /**
   * Writes and opens an attribution.
   *
   * @param steps rising
   * @param scores [S][T][N]
   */
  public static Attribution of(Path directory, int[] steps, float[][][] scores) {
    MemoryDataset data = new MemoryDataset(1, 1, 1).classes("even", "odd");
    for (int i = 0; i < scores[0][0].length; i++) {
      data.add("image/" + i, i % 2, i * 0.001f);
    }
    float[][] finals = new float[scores[0].length][1];
    new FakeAttribution(steps, finals, new float[][][][] {scores}).write(directory, data);
    return Attribution.open(directory);
  }

  /** Independent standard Gaussians, [S][T][N]. */
  public static float[][][] noise(int steps, int targets, int n, long seed) {
    return FakeAttribution.noise(1, steps, targets, n, seed)[0];
  }
}
