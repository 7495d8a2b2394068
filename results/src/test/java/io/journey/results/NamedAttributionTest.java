package io.journey.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.run.JourneyException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores as a user names them. */
class NamedAttributionTest {
  private static final int N = 12;

  @TempDir Path folder;

  private final Dataset data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);

  private Path made(boolean overSteps) {
    float[][][][] scores = FakeAttribution.noise(1, 2, 3, N, 5);
    for (float[] row : scores[0][1]) {
      for (int i = 0; i < N; i++) {
        row[i] *= 40;
      }
    }
    float[][] finals = new float[3][data.shape().numel()];
    FakeAttribution fake = new FakeAttribution(new int[] {100, 500}, finals, scores);
    fake.overSteps = overSteps;
    return fake.write(folder.resolve("a" + overSteps), data);
  }

  @Test
  void scoresOfTheWholeTrajectoryAreMeansInDeviationsAndThoseOfStepsAreThemselves() {
    Path directory = made(true);
    NamedAttribution whole = NamedAttribution.parse("whole=" + directory + "?over-steps");
    NamedAttribution steps = NamedAttribution.parse("steps=" + directory);
    assertThat(whole.name()).isEqualTo("whole");
    double[] expected = new double[N];
    for (int step : new int[] {100, 500}) {
      float[] scores = steps.at(step, 2).values();
      assertThat(scores).isEqualTo(steps.attribution().at(step, 2).values());
      double mean = 0;
      double squares = 0;
      for (float score : scores) {
        mean += score / (double) N;
        squares += (double) score * score / N;
      }
      for (int i = 0; i < N; i++) {
        expected[i] += scores[i] / Math.sqrt(squares - mean * mean) / 2;
      }
    }
    for (int step : new int[] {100, 500, 777}) {
      float[] scores = whole.at(step, 2).values();
      for (int i = 0; i < N; i++) {
        assertThat((double) scores[i]).isCloseTo(expected[i], within(1e-4));
      }
    }
    assertThat(whole.fingerprint()).isNotEqualTo(steps.fingerprint());
  }

  @Test
  void anAttributionOfSingleStepsHasNone() {
    Path directory = made(false);
    assertThatThrownBy(() -> NamedAttribution.parse(directory + "?over-steps"))
        .isInstanceOf(JourneyException.class)
        .hasMessageEndingWith(
            "has no scores of the whole trajectory: attribute with --over-steps.");
  }
}
