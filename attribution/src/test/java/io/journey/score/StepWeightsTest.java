package io.journey.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.dataset.ImageShape;
import io.journey.run.SettingException;
import io.journey.sampling.DecidedShares;
import io.journey.sampling.TrajectoryFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of steps in scores of the whole trajectory. */
class StepWeightsTest {
  private static final int[] ALL = {900, 700, 500, 300, 100};
  private static final int[] ASKED = {100, 600};

  @TempDir Path folder;

  /** Two drawings of 1×2×2: x̂0 comes near to the finished picture, or is wild before. */
  private TrajectoryFile file(float[][][] x0, float[][] image) throws IOException {
    return file(x0, image, "whole");
  }

  private TrajectoryFile file(float[][][] x0, float[][] image, String name) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    float[] flat = new float[x0.length * ALL.length * 4];
    float[] last = new float[x0.length * 4];
    for (int n = 0; n < x0.length; n++) {
      for (int s = 0; s < ALL.length; s++) {
        System.arraycopy(x0[n][s], 0, flat, (n * ALL.length + s) * 4, 4);
      }
      System.arraycopy(image[n], 0, last, n * 4, 4);
    }
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .metadata("kind", "trajectories")
            .metadata("seeds", "a b".substring(0, 2 * x0.length - 1))
            .add("timesteps", Arrays.stream(ALL).asLongStream().toArray(), ALL.length)
            .add("xt", flat, x0.length, ALL.length, 1, 2, 2)
            .add("x0", flat, x0.length, ALL.length, 1, 2, 2)
            .add("image", last, x0.length, 1, 2, 2);
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeSealedTo(out);
    }
    return TrajectoryFile.open(file);
  }

  @Test
  void inferenceStepsCountForTheNearestStep() {
    // 900, 700 and 500 are nearest to 600, 300 and 100 to 100.
    StepWeights weights = StepWeights.inference(ALL, ASKED, 3);
    assertThat(weights.ofTargets()).hasDimensions(3, 2);
    assertThat(weights.ofTargets()[2]).containsExactly(new double[] {0.4, 0.6}, within(1e-12));
    // 350 is as far from 100 as from 600: the lower has it.
    assertThat(StepWeights.inference(new int[] {350}, ASKED, 1).ofTargets()[0])
        .containsExactly(1, 0);
    assertThat(StepWeights.equal(ASKED, 2).ofTargets()[1]).containsExactly(0.5, 0.5);
  }

  /** R² of x̂0: below 0, 0, then 3/4, then less, then 15/16, of which the largest so far counts. */
  @Test
  void whatIsDecidedIsWhatTheEstimateExplains() throws IOException {
    float[] end = {1, 1, -1, -1};
    float[][] first = {
      {9, -40, 3, 80},
      {0, 0, 0, 0},
      {0.5f, 0.5f, -0.5f, -0.5f},
      {0, 0, 0, 0},
      {0.75f, 0.75f, -0.75f, -0.75f}
    };
    // Only the lower row comes late.
    float[][] second = {{1, 1, 0, 0}, {1, 1, 0, 0}, {1, 1, 0, 0}, {1, 1, 0, 0}, {1, 1, 0, 0}};
    float[] odd = {1, -1, 1, -1};
    float[][] third = {{1, -1, 0, 0}, {1, -1, 0, 0}, {1, -1, 0, 0}, {1, -1, 0, 0}, {1, -1, 0, 0}};
    TrajectoryFile file = file(new float[][][] {first, third}, new float[][] {end, odd});
    assertThat(DecidedShares.of(file, 0, null))
        .containsExactly(new double[] {0, 0.75, 0, 15 / 16.0 - 0.75, 1 / 16.0}, within(1e-12));
    StepWeights whole = StepWeights.decided(file, ASKED, List.of());
    assertThat(whole.ofTargets()[0]).containsExactly(new double[] {0.25, 0.75}, within(1e-12));
    assertThat(whole.ofTargets()[1]).containsExactly(new double[] {0.5, 0.5}, within(1e-12));
    PixelMask upper = new PixelMask(2, 2, new float[] {1, 1, 0, 0}, "0,0,2,1");
    PixelMask lower = new PixelMask(2, 2, new float[] {0, 0, 1, 1}, "0,1,2,1");
    StepWeights parts =
        StepWeights.decided(
            file(new float[][][] {third, second}, new float[][] {odd, odd}, "parts"),
            ASKED,
            Arrays.asList(upper, lower, null));
    assertThat(parts.ofTargets()).hasDimensions(6, 2);
    assertThat(parts.ofTargets()[0]).containsExactly(new double[] {0, 1}, within(1e-12));
    assertThat(parts.ofTargets()[1]).containsExactly(new double[] {1, 0}, within(1e-12));
    assertThat(parts.ofTargets()[2]).containsExactly(new double[] {0.5, 0.5}, within(1e-12));
    assertThat(file.shape()).isEqualTo(new ImageShape(1, 2, 2));
  }

  @Test
  void aPictureOfOneColourIsDecidedByNoStep() throws IOException {
    TrajectoryFile flat = file(new float[][][] {new float[5][4]}, new float[1][4]);
    assertThatThrownBy(() -> StepWeights.decided(flat, ASKED, List.of()))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("target 0")
        .hasMessageContaining("weigh steps equally");
  }
}
