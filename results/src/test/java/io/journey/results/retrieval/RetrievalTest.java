package io.journey.results.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.results.EvaluationResult;
import io.journey.results.lds.Prediction;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetrievalTest {
  private static final int TARGETS = 4;
  private static final HiddenSource SOURCE =
      HiddenSourceTest.of(4, TARGETS, new int[] {100, 200}, 1);

  private static final double[] RIGHT = {0, 3, 1, 2};
  private static final double[] WRONG = {3, 0, 1, 2};

  /** Right for the targets of some numbers, wrong for the others. */
  private static double[][][] right(int... targets) {
    double[][][] sums = new double[2][TARGETS][];
    for (double[][] step : sums) {
      java.util.Arrays.fill(step, WRONG);
      for (int target : targets) {
        step[target] = RIGHT;
      }
    }
    return sums;
  }

  @TempDir Path folder;

  private List<String> table(String name, List<Prediction> predictions) throws IOException {
    written(predictions);
    return Files.readAllLines(folder.resolve("r").resolve(name));
  }

  private EvaluationResult written(List<Prediction> predictions) {
    try (RunDirectory run =
        RunDirectory.claim(folder.resolve("r"), "test", 1, Json.object(), Json.object())) {
      EvaluationResult result = Retrieval.of(SOURCE, predictions).write(run);
      assertThat(result.tables()).containsExactly("retrieval.csv", "differences.csv");
      assertThat(result.warnings()).anyMatch(text -> text.startsWith("Only 4 targets"));
      run.finish(Json.object());
      return result;
    }
  }

  @Test
  void whatFindsNothingIsNotCalledTheBest() {
    EvaluationResult nothing = written(List.of(Prediction.of("blind", right())));
    assertThat(nothing.sentences().get(0))
        .isEqualTo("Nothing finds the hidden source better than chance.");
  }

  @Test
  void theOneThatFindsTheSourceIsFirst() throws IOException {
    List<String> rows =
        table(
            Retrieval.TABLE,
            List.of(Prediction.of("blind", right()), Prediction.of("seer", right(0, 1, 2, 3))));
    assertThat(rows)
        .contains(
            "seer,all,1.0000,1.0000,1.0000,1.0000,1.0000,",
            "blind,200,0.2500,0.2500,0.2500,0.0000,0.0000,");
    assertThat(rows.get(1)).startsWith("seer,100");
  }

  /**
   * One setting is right for targets 0 and 2, the other for 1 and 3: chosen by the other half, each
   * is used where it is wrong. Who chose by the targets that are reported would find all.
   */
  @Test
  void whatChoosesADampingIsNotWhatIsReported() throws IOException {
    Prediction tuned =
        new Prediction(
            "tuned", new double[] {0.1, 10}, new double[][][][] {right(0, 2), right(1, 3)});
    assertThat(table(Retrieval.TABLE, List.of(tuned)))
        .contains("tuned,all,0.2500,0.2500,0.2500,0.0000,0.0000,10.0 0.1");
  }

  @Test
  void differencesArePairedOverTargets() throws IOException {
    List<String> rows =
        table(
            "differences.csv",
            List.of(Prediction.of("half", right(0, 1)), Prediction.of("same", right(0, 1))));
    assertThat(rows).contains("half,same,0.0000,0.0000,0.0000,0.0000");
  }

  @Test
  void oneTargetAndNoNumberAreRefused() {
    HiddenSource one = HiddenSourceTest.of(4, 1, new int[] {100}, 1);
    assertThatThrownBy(() -> Retrieval.of(one, List.of()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("at least 2 targets");
    double[][][] bad = right(0);
    bad[1][3] = new double[] {1, Double.NaN, 1, 1};
    assertThatThrownBy(() -> Retrieval.of(SOURCE, List.of(Prediction.of("bad", bad))))
        .hasMessageContaining("bad has a score that is no number");
  }
}
