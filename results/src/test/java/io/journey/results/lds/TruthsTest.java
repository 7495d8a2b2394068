package io.journey.results.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.results.EvaluationResult;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several truths, judged by the same scores. */
class TruthsTest {
  private static final int N = 20;
  private static final int[] STEPS = {100, 300};
  private static final int TARGETS = 4;

  @TempDir Path folder;

  private GroundTruth truth(String name, int count, double fraction, int[] steps) {
    RandomSubsets random = new RandomSubsets(N, fraction, 7);
    List<BitSet> subsets = IntStream.range(0, count).mapToObj(random::subset).toList();
    return GroundTruth.open(
        FakeGroundTruth.write(
            folder.resolve(name),
            N,
            subsets,
            1,
            steps,
            TARGETS,
            (j, seed, half, s, t) ->
                -subsets.get(j).stream().mapToDouble(i -> weight(i, t)).sum()));
  }

  /** What image i does to target t. */
  private static float weight(int i, int t) {
    return (float) Math.sin(1 + 7 * i + 3 * t);
  }

  private static List<Prediction> predictions(Truth truth) {
    double[][][] known = new double[STEPS.length][TARGETS][];
    double[][][] opposite = new double[STEPS.length][TARGETS][];
    for (int s = 0; s < STEPS.length; s++) {
      for (int t = 0; t < TARGETS; t++) {
        float[] scores = new float[N];
        float[] others = new float[N];
        for (int i = 0; i < N; i++) {
          scores[i] = weight(i, t);
          others[i] = -scores[i];
        }
        known[s][t] = truth.predictions(scores);
        opposite[s][t] = truth.predictions(others);
      }
    }
    return List.of(Prediction.of("known", known), Prediction.of("opposite", opposite));
  }

  @Test
  void predictionsOfSeveralComeApartIntoThoseOfEach() {
    GroundTruth halves = truth("halves", 30, 0.5, STEPS);
    GroundTruth most = truth("most", 30, 0.75, STEPS);
    Truths both = new Truths(List.of(halves, most));
    List<List<Prediction>> apart = both.apart(predictions(both));
    for (int k = 0; k < 2; k++) {
      List<Prediction> alone = predictions(k == 0 ? halves : most);
      for (int e = 0; e < 2; e++) {
        assertThat(apart.get(k).get(e).name()).isEqualTo(alone.get(e).name());
        assertThat(apart.get(k).get(e).sums()).isDeepEqualTo(alone.get(e).sums());
      }
    }
  }

  @Test
  void theTableHasEachTruthByWhatItIs() throws IOException {
    GroundTruth halves = truth("halves", 30, 0.5, STEPS);
    GroundTruth most = truth("most", 30, 0.75, STEPS);
    try (RunDirectory run =
        RunDirectory.claim(folder.resolve("r"), "test", 1, Json.object(), Json.object())) {
      EvaluationResult result =
          LdsResult.of(
                  new LdsResult.Judged(null, halves, predictions(halves)),
                  List.of(new LdsResult.Judged("few", most, predictions(most))))
              .write(run);
      assertThat(result.sentences())
          .contains(
              "few (other seeds, 75 % of the data): known 100.0 (100.0 to 100.0), opposite -100.0"
                  + " (-100.0 to -100.0).");
      run.finish(Json.object());
    }
    assertThat(Files.readString(folder.resolve("r").resolve("truths.svg")))
        .contains("other seeds, 50 % of the data", "few (other seeds, 75 % of the data)", "known");
    assertThat(Files.readAllLines(folder.resolve("r").resolve(LdsResult.TRUTHS)))
        .containsExactly(
            "truth,estimator,lds,low,high,attainable",
            "\"other seeds, 50 % of the data\",known,1.0000,1.0000,1.0000,",
            "\"other seeds, 50 % of the data\",opposite,-1.0000,-1.0000,-1.0000,",
            "\"few (other seeds, 75 % of the data)\",known,1.0000,1.0000,1.0000,",
            "\"few (other seeds, 75 % of the data)\",opposite,-1.0000,-1.0000,-1.0000,");
  }

  @Test
  void truthsOfOtherStepsHaveNoScoresInCommon() {
    GroundTruth halves = truth("halves", 30, 0.5, STEPS);
    GroundTruth later = truth("later", 8, 0.5, new int[] {100, 400});
    assertThatThrownBy(() -> new Truths(List.of(halves, later)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("other targets, steps, measures or training images");
  }
}
