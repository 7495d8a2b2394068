package io.journey.results.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.results.Attribution;
import io.journey.results.HandMadeScores;
import io.journey.results.steps.StepCorrelation.AtDistance;
import io.journey.results.steps.StepCorrelation.AtSteps;
import io.journey.run.Progress;
import io.journey.statistics.Estimate;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepCorrelationTest {
  private static final double ROUNDING = 1e-12;

  @TempDir Path folder;

  private static StepCorrelation of(Attribution attribution) {
    return StepCorrelation.of(attribution, 1, 2, Progress.SILENT);
  }

  /** ρ of 1, 2, 3, 4 with 1, 2, 4, 3 is 1 − 6·2/(4·15) = 0.8, with its reverse −1. */
  @Test
  void meansAreThoseWorkedOutByHand() {
    float[] up = {1, 2, 3, 4};
    float[] nearly = {1, 2, 4, 3};
    float[] down = {4, 3, 2, 1};
    float[][][] scores = {{up, down}, {nearly, down}, {down, down}};
    StepCorrelation found = of(HandMadeScores.of(folder, new int[] {100, 200, 300}, scores));
    assertThat(found.distances()).extracting(AtDistance::distance).containsExactly(100, 200);
    assertThat(found.distances()).extracting(AtDistance::pairs).containsExactly(2, 1);
    // The first target: 0.8 and −0.8 at distance 100, −1 at 200; the second: 1 everywhere.
    Estimate near = found.distances().get(0).same();
    assertThat(near.mean()).isCloseTo((0 + 1) / 2.0, within(ROUNDING));
    // Two values differ by 1: s = 1/√2, divided by √2.
    assertThat(near.standardError()).isCloseTo(0.5, within(ROUNDING));
    Estimate far = found.distances().get(1).same();
    assertThat(far.mean()).isCloseTo(0, within(ROUNDING));
    assertThat(far.standardError()).isCloseTo(1, within(ROUNDING));
    // Each against the other target: down at one step, at 100 up, at 300 down at the other.
    assertThat(found.distances().get(1).other().mean()).isCloseTo(0, within(ROUNDING));
    AtSteps cell = found.matrix().get(1);
    assertThat(cell.step()).isEqualTo(100);
    assertThat(cell.otherStep()).isEqualTo(200);
    assertThat(cell.same().mean()).isCloseTo(0.9, within(ROUNDING));
    // (up, down) and (down, nearly).
    assertThat(cell.other().mean()).isCloseTo((-1 - 0.8) / 2, within(ROUNDING));
  }

  /** Scores of steps are made of a common part and noise: the common part is of the target. */
  @Test
  void aTargetResemblesItselfAndNotAnother() {
    float[][][] scores = HandMadeScores.noise(4, 6, 2000, 3);
    float[][][] common = HandMadeScores.noise(1, 6, 2000, 4);
    for (float[][] step : scores) {
      for (int target = 0; target < 6; target++) {
        for (int i = 0; i < 2000; i++) {
          step[target][i] += common[0][target][i];
        }
      }
    }
    for (AtDistance at :
        of(HandMadeScores.of(folder, new int[] {0, 10, 30, 70}, scores)).distances()) {
      // Pearson's is ½; Spearman's of Gaussians (6/π)·asin(¼) = 0.4826; its error below 0.01.
      assertThat(at.same().mean()).isCloseTo(0.4826, within(0.03));
      assertThat(at.other().mean()).isCloseTo(0, within(0.03));
      assertThat(at.other().count()).isEqualTo(6);
    }
  }

  @Test
  void oneTargetHasNoOtherAndOneStepNoPair() {
    Attribution one =
        HandMadeScores.of(folder.resolve("a"), new int[] {1, 2}, HandMadeScores.noise(2, 1, 9, 1));
    AtDistance only = of(one).distances().get(0);
    assertThat(only.other().mean()).isNaN();
    assertThat(only.same().standardError()).isNaN();
    Attribution single =
        HandMadeScores.of(folder.resolve("b"), new int[] {1}, HandMadeScores.noise(1, 2, 9, 1));
    assertThatThrownBy(() -> of(single))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two steps or more");
  }
}
