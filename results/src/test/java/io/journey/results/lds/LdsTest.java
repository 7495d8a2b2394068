package io.journey.results.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.EvaluationResult;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The linear datamodeling score, where its value is known. */
class LdsTest {
  @TempDir Path folder;

  private static List<BitSet> subsets(int count, int examples) {
    RandomSubsets random = new RandomSubsets(examples, 0.5, 3);
    return IntStream.range(0, count).mapToObj(random::subset).toList();
  }

  private static double[] gaussians(int n, String name) {
    RandomStream stream = Seed.of(8).child(name).stream();
    return IntStream.range(0, n).mapToDouble(stream::gaussian).toArray();
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }

  private static double sum(BitSet subset, double[] scores) {
    return subset.stream().mapToDouble(i -> scores[i]).sum();
  }

  private GroundTruth truth(
      int examples,
      List<BitSet> subsets,
      int seeds,
      int[] steps,
      int targets,
      FakeGroundTruth.Measurement measurement) {
    return GroundTruth.open(
        FakeGroundTruth.write(
            folder.resolve("truth"), examples, subsets, seeds, steps, targets, measurement));
  }

  private static Prediction scored(GroundTruth truth, String name, double sign, double[] scores) {
    double[][][] sums = new double[truth.steps().length][truth.targets()][];
    for (double[][] step : sums) {
      for (int t = 0; t < step.length; t++) {
        step[t] = truth.predictions(floats(scores));
        for (int j = 0; j < step[t].length; j++) {
          step[t][j] *= sign;
        }
      }
    }
    return Prediction.of(name, sums);
  }

  @Test
  void modelsThatAreSumsOfScoresArePredictedExactlyAndNegatedScoresPredictTheOpposite() {
    double[] scores = gaussians(20, "scores");
    List<BitSet> subsets = subsets(24, 20);
    GroundTruth truth =
        truth(
            20,
            subsets,
            1,
            new int[] {100, 500},
            4,
            (j, seed, half, s, t) -> 3 - 2 * sum(subsets.get(j), scores));
    Lds lds =
        Lds.of(
            truth, List.of(scored(truth, "same", 1, scores), scored(truth, "negated", -1, scores)));
    assertThat(lds.overall(0).value()).isEqualTo(1, within(1e-12));
    assertThat(lds.overall(1).value()).isEqualTo(-1, within(1e-12));
    assertThat(lds.at(0, 1).low()).isEqualTo(1, within(1e-12));
    assertThat(lds.difference(lds.allSteps(), 0, 1).value()).isEqualTo(2, within(1e-12));
  }

  /**
   * One damping is perfect for each half of the subsets, or of the targets, and the opposite for
   * the other.
   */
  @ParameterizedTest
  @ValueSource(strings = {"subsets", "targets"})
  void aDampingIsNeverJudgedByTheHalfThatChoseIt(String halves) {
    double[] values = gaussians(12, "values");
    List<BitSet> subsets = subsets(12, 20);
    GroundTruth truth =
        truth(20, subsets, 1, new int[] {1}, 4, (j, seed, half, s, t) -> -values[j]);
    double[][][][] sums = new double[2][1][4][12];
    for (int d = 0; d < 2; d++) {
      for (int t = 0; t < 4; t++) {
        for (int j = 0; j < 12; j++) {
          int place = halves.equals("subsets") ? j : t;
          sums[d][0][t][j] = (place % 2 == d ? 1 : -1) * (float) values[j];
        }
      }
    }
    Lds lds = Lds.of(truth, List.of(new Prediction("two", new double[] {0.1, 1}, sums)));
    assertThat(lds.dampingCurve(0, 0, 0)).containsExactly(1, -1);
    assertThat(lds.damping(0, 0, 0)).as("chosen by the second halves").isEqualTo(1);
    assertThat(lds.overall(0).value()).isEqualTo(-1, within(1e-12));
  }

  @Test
  void predictionsOfOneNameAreItsDampings() {
    double[][][][] sums = {{{{1, 2}}}};
    Prediction low = new Prediction("ek-fac", new double[] {0.1}, sums);
    Prediction high = new Prediction("ek-fac", new double[] {1}, new double[][][][] {{{{3, 4}}}});
    Prediction other = Prediction.of("random", sums[0]);
    List<Prediction> merged = Prediction.merged(List.of(low, other, high));
    assertThat(merged).extracting(Prediction::name).containsExactly("ek-fac", "random");
    assertThat(merged.get(0).dampings()).containsExactly(0.1, 1);
    assertThat(merged.get(0).sums()[1][0][0]).containsExactly(3, 4);
    assertThatThrownBy(() -> Prediction.merged(List.of(low, low)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("ek-fac");
  }

  @Test
  void theCeilingIsTheCorrelationOfTwoNoisyModels() {
    int count = 600;
    double[] signal = gaussians(count, "signal");
    double[][] noise = {gaussians(count, "first"), gaussians(count, "second")};
    List<BitSet> subsets = subsets(count, 40);
    GroundTruth truth =
        truth(
            40, subsets, 2, new int[] {1}, 2, (j, seed, half, s, t) -> signal[j] + noise[seed][j]);
    Ceiling ceiling = Ceiling.of(truth);
    // Pearson ½; for Gaussians Spearman is 6/π·asin(½·½) = 0.483, error 1/√600 = 0.04.
    assertThat(ceiling.agreement().get(0).value()).isEqualTo(0.483, within(0.1));
    assertThat(ceiling.agreement().get(0).low()).isLessThan(0.483);
    assertThat(ceiling.agreement().get(0).high()).isGreaterThan(0.483);
    double r = ceiling.agreement().get(0).value();
    assertThat(ceiling.attainable()[0]).isEqualTo(Math.sqrt(2 * r / (1 + r)), within(1e-12));
    assertThat(ceiling.draws().get(0).value()).isEqualTo(1, within(1e-12));
    assertThat(ceiling.canRank(0)).isTrue();
  }

  @Test
  void stepsWhereModelsAgreeByChanceAloneAreNotRanked() {
    double[][] noise = {gaussians(64, "first"), gaussians(64, "second")};
    List<BitSet> subsets = subsets(64, 40);
    GroundTruth truth =
        truth(40, subsets, 2, new int[] {900}, 2, (j, seed, half, s, t) -> noise[seed][j]);
    Lds lds = Lds.of(truth, List.of(scored(truth, "any", 1, gaussians(40, "any"))));
    LdsTables tables = new LdsTables(truth, lds, Ceiling.of(truth));
    assertThat(tables.warnings())
        .anyMatch(w -> w.contains("agree too little") && w.contains("900"));
    assertThat(tables.sentences().get(0)).startsWith("No step can be ranked");
    assertThat(tables.sentences()).noneMatch(sentence -> sentence.contains("best"));
    assertThat(tables.scores()).contains(",no\n").doesNotContain(",yes\n");
  }

  @Test
  void asManyEstimatorsAsAnyoneNamesAreJudgedAndTheFirstAreToldOf() {
    List<BitSet> subsets = subsets(16, 20);
    GroundTruth truth = truth(20, subsets, 2, new int[] {1}, 2, (j, d, h, s, t) -> j);
    List<Prediction> many =
        IntStream.range(0, 45)
            .mapToObj(e -> scored(truth, "e" + e, 1, gaussians(20, "scores" + e)))
            .toList();
    try (RunDirectory run =
        RunDirectory.claim(folder.resolve("many"), "lds", Json.object(), Json.object())) {
      EvaluationResult result = LdsResult.of(truth, many).settings(Json.object()).write(run);
      assertThat(result.sentences()).contains("25 other estimators are in the tables alone.");
    }
  }

  @Test
  void fewSubsetsAreWarnedOfInTheResultItself() {
    List<BitSet> subsets = subsets(8, 20);
    GroundTruth truth = truth(20, subsets, 1, new int[] {1}, 2, (j, d, h, s, t) -> j);
    Lds lds = Lds.of(truth, List.of(scored(truth, "any", 1, gaussians(20, "any"))));
    assertThat(new LdsTables(truth, lds, null).warnings())
        .anyMatch(w -> w.startsWith("Only 8 subsets"))
        .anyMatch(w -> w.contains("One model of each subset"));
  }

  @Test
  void anEstimatorWithoutANumberFailsByName() {
    List<BitSet> subsets = subsets(8, 20);
    GroundTruth truth = truth(20, subsets, 1, new int[] {1}, 2, (j, d, h, s, t) -> j);
    double[] scores = gaussians(20, "scores");
    scores[7] = Double.NaN;
    Prediction broken = scored(truth, "broken", 1, scores);
    assertThatThrownBy(() -> Lds.of(truth, List.of(broken)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("broken predicts NaN");
  }

  @Test
  void thePackOfAnEarlierVersionIsRefusedWhetherReadOrContinued() throws IOException {
    Path pack = Files.createDirectory(folder.resolve("earlier"));
    try (RunDirectory run =
        RunDirectory.claim(pack, GroundTruth.KIND, Json.object(), Json.object())) {
      run.finish(Json.object());
    }
    String told = "earlier holds ground-truth of format 1, this version of Journey reads format 2";
    assertThatThrownBy(() -> GroundTruth.open(pack))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(told);
    assertThatThrownBy(
            () ->
                RunDirectory.claim(
                    pack, GroundTruth.KIND, GroundTruth.FORMAT, Json.object(), Json.object()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(told);
  }

  @Test
  void subsetsOfOtherSizesOrTwiceAreRefused() {
    List<BitSet> repeated = new ArrayList<>(subsets(8, 20));
    repeated.set(5, repeated.get(1));
    List<BitSet> uneven = new ArrayList<>(subsets(8, 20));
    uneven.set(3, (BitSet) uneven.get(3).clone());
    uneven.get(3).flip(0);
    int number = 0;
    for (List<BitSet> subsets : List.of(repeated, uneven)) {
      Path pack =
          FakeGroundTruth.write(
              folder.resolve("truth" + number++),
              20,
              subsets,
              1,
              new int[] {1},
              2,
              (j, seed, half, s, t) -> j);
      assertThatThrownBy(() -> GroundTruth.open(pack))
          .isInstanceOf(JourneyException.class)
          .hasMessageMatching(".*(twice|one size).*");
    }
  }
}
