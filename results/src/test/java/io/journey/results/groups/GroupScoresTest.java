package io.journey.results.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.dataset.MemoryDataset;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.results.FakeAttribution;
import io.journey.results.groups.GroupScore.Verdict;
import io.journey.run.Compute;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sums of scores over groups, beside an obvious loop, and what is called beyond chance. */
class GroupScoresTest {
  private static final int[] STEPS = {100, 500, 900};
  private static final String ODD = "</script><b>Kø, \"benhavn\"\u202e";

  @TempDir Path folder;

  private static MemoryDataset data(int n) {
    MemoryDataset data = new MemoryDataset(1, 2, 2).classes("even", ODD);
    for (int i = 0; i < n; i++) {
      data.add("f" + i % 3 + "/" + i, i % 2, i, 0, 0, 1);
    }
    return data;
  }

  private Attribution attribution(float[][][][] members, MemoryDataset data) {
    FakeAttribution fake = new FakeAttribution(STEPS, new float[members[0][0].length][4], members);
    return Attribution.open(fake.write(folder.resolve("attribution"), data));
  }

  private static RunContext context(int threads) {
    return RunContext.of(Compute.JAVA, threads, Progress.SILENT);
  }

  private static Grouping byClass(Attribution attribution) {
    return Grouping.ofExamples(Grouping.CLASS, attribution.examples());
  }

  private GroupScores run(Attribution attribution, Grouping grouping, String name) {
    try (RunContext context = context(2)) {
      return new GroupScoresRun(attribution, grouping, 999, 0).run(folder.resolve(name), context);
    }
  }

  private static double deviation(float[] row) {
    double mean = 0;
    for (float value : row) {
      mean += value / (double) row.length;
    }
    double squares = 0;
    for (float value : row) {
      squares += (value - mean) * (value - mean) / row.length;
    }
    return Math.sqrt(squares);
  }

  @Test
  void sumsAndSharesAreThoseOfAnObviousLoop() {
    int n = 31;
    MemoryDataset data = data(n);
    Attribution attribution = attribution(FakeAttribution.noise(3, 3, 2, n, 5), data);
    GroupScores found = run(attribution, byClass(attribution), "groups");
    for (int t = 0; t < 2; t++) {
      double[] overall = new double[n];
      for (int s = 0; s < STEPS.length; s++) {
        float[] scores = attribution.scores(s, t);
        double deviation = deviation(scores);
        for (int i = 0; i < n; i++) {
          overall[i] += scores[i] / deviation / STEPS.length;
        }
        check(found.of(t, Integer.toString(STEPS[s])), scores, deviation);
      }
      float[] mean = new float[n];
      for (int i = 0; i < n; i++) {
        mean[i] = (float) overall[i];
      }
      check(found.of(t, GroupScore.OVERALL), mean, 1);
    }
  }

  private static void check(List<GroupScore> groups, float[] scores, double unit) {
    assertThat(groups).hasSize(2);
    for (GroupScore one : groups) {
      int odd = one.group().equals("even") ? 0 : 1;
      double sum = 0;
      double positive = 0;
      double all = 0;
      int images = 0;
      for (int i = 0; i < scores.length; i++) {
        all += Math.max(0, scores[i]);
        if (i % 2 == odd) {
          images++;
          sum += scores[i] / unit;
          positive += Math.max(0, scores[i]);
        }
      }
      assertThat(one.images()).isEqualTo(images);
      assertThat(one.sum()).isCloseTo(sum, within(1e-4));
      assertThat(one.share()).isCloseTo(positive / all, within(1e-5));
      assertThat(one.chanceShare()).isCloseTo((double) images / scores.length, within(1e-6));
    }
  }

  /** Of 11 images every group of 3 is counted: 165. */
  @Test
  void chanceIsTheMeanAndDeviationOfAllGroupsOfTheSize() {
    int n = 11;
    MemoryDataset data = data(n);
    Attribution attribution = attribution(FakeAttribution.noise(1, 3, 1, n, 8), data);
    Grouping three =
        Grouping.by("x", n, i -> i == 2 || i == 3 || i == 7 ? "three" : "", Json.object());
    GroupScore one = run(attribution, three, "groups").of(0, "500").get(0);
    float[] scores = attribution.scores(1, 0);
    double unit = deviation(scores);
    double[] sums =
        IntStream.range(0, 1 << n)
            .filter(set -> Integer.bitCount(set) == 3)
            .mapToDouble(
                set -> {
                  double sum = 0;
                  for (int i = 0; i < n; i++) {
                    sum += (set >> i & 1) * scores[i] / unit;
                  }
                  return sum;
                })
            .toArray();
    double mean = Arrays.stream(sums).sum() / sums.length;
    double variance = Arrays.stream(sums).map(x -> (x - mean) * (x - mean)).sum() / sums.length;
    assertThat(sums).hasSize(165);
    assertThat(one.chance()).isCloseTo(mean, within(1e-5));
    assertThat(one.chanceDeviation()).isCloseTo(Math.sqrt(variance), within(1e-5));
    assertThat(one.z()).isCloseTo((one.sum() - mean) / Math.sqrt(variance), within(1e-3));
    // One checkpoint: no interval, and so no share.
    assertThat(one.low()).isNaN();
    assertThat(one.share()).isNaN();
  }

  /** Of a sum the jackknife is the usual standard error; Student's t for 3 checkpoints is 4.303. */
  @Test
  void intervalsOfSumsAreThoseOfAMeanOverCheckpoints() {
    int n = 20;
    MemoryDataset data = data(n);
    float[][][][] members = FakeAttribution.noise(3, 3, 1, n, 9);
    Attribution attribution = attribution(members, data);
    GroupScores found = run(attribution, byClass(attribution), "groups");
    GroupScore one =
        found.of(0, "900").stream().filter(g -> g.group().equals("even")).findFirst().orElseThrow();
    double unit = deviation(attribution.scores(2, 0));
    double[] sums = new double[3];
    for (int m = 0; m < 3; m++) {
      for (int i = 0; i < n; i += 2) {
        sums[m] += members[m][2][0][i] / unit;
      }
    }
    double mean = Arrays.stream(sums).sum() / 3;
    double squares = Arrays.stream(sums).map(x -> (x - mean) * (x - mean)).sum();
    double half = 4.303 * Math.sqrt(squares / 2 / 3);
    assertThat(one.low()).isCloseTo(mean - half, within(1e-4));
    assertThat(one.high()).isCloseTo(mean + half, within(1e-4));
  }

  @Test
  void aPlantedGroupIsFirstAndBeyondChance() {
    int n = 200;
    MemoryDataset data = data(n);
    float[][][][] members = FakeAttribution.noise(3, 3, 2, n, 4);
    for (float[][][] member : members) {
      for (float[][] step : member) {
        for (int i = 50; i < 56; i++) {
          step[1][i] += 4;
          step[1][i + 10] -= 4;
        }
      }
    }
    Attribution attribution = attribution(members, data);
    Grouping grouping =
        Grouping.by("artist", n, i -> String.format("artist %02d", i / 6), Json.object());
    // 48 to 53 are of one artist, 54 to 59 of the next: four of six, and two of six.
    GroupScores found = run(attribution, grouping, "groups");
    List<GroupScore> ranked = found.of(1, GroupScore.OVERALL);
    assertThat(ranked.get(0).group()).isEqualTo("artist 08");
    assertThat(ranked.get(0).verdict()).isEqualTo(Verdict.TOWARDS);
    assertThat(ranked.get(0).p()).isEqualTo(0.001);
    assertThat(ranked.get(ranked.size() - 1).verdict()).isEqualTo(Verdict.AWAY);
    assertThat(found.sentence(1)).contains("“artist 08” towards the picture (6 images, +");
    assertThat(found.of(0, GroupScore.OVERALL)).allMatch(g -> g.verdict() == Verdict.CHANCE);
    assertThat(found.sentence(0))
        .startsWith(
            "Nobody in particular: no group by artist is beyond chance, over all steps together or at"
                + " one of them.");
    assertThat(found.sentence(1)).startsWith("Beyond chance over all steps: ");
    JsonNode json = Json.read(folder.resolve("groups").resolve(GroupScores.JSON));
    assertThat(json.at("/targets/1/groups/0/group").asText()).isEqualTo("artist 08");
    assertThat(json.at("/targets/1/groups/0/steps")).hasSize(3);
    assertThat(json.at("/targets/0/verdict").asText()).isEqualTo(found.sentence(0));
  }

  /** A push at 500 that is taken back at 100 and at 900 is none over all steps. */
  @Test
  void whatIsBeyondChanceAtOneStepAloneIsNoAcquittal() {
    int n = 200;
    MemoryDataset data = data(n);
    float[][][][] members = FakeAttribution.noise(1, 3, 1, n, 4);
    for (int i = 48; i < 54; i++) {
      members[0][0][0][i] -= 2;
      members[0][1][0][i] += 4;
      members[0][2][0][i] -= 2;
    }
    Attribution attribution = attribution(members, data);
    Grouping grouping =
        Grouping.by("artist", n, i -> String.format("artist %02d", i / 6), Json.object());
    GroupScores found = run(attribution, grouping, "groups");
    assertThat(found.of(0, GroupScore.OVERALL)).noneMatch(one -> one.verdict().isBeyondChance());
    GroupScore first = found.of(0, "500").get(0);
    assertThat(first.group()).isEqualTo("artist 08");
    assertThat(found.sentence(0))
        .startsWith("Nobody in particular over all steps together: no group by artist")
        .contains(
            String.format(
                Locale.ROOT,
                " At single steps, beyond chance: “artist 08” towards the picture at t = 500 (6 images,"
                    + " +%.1f deviations, p = 0.001)",
                first.z()));
    JsonNode json = Json.read(folder.resolve("groups").resolve(GroupScores.JSON));
    assertThat(json.at("/targets/0/verdict").asText()).isEqualTo(found.sentence(0));
  }

  /** One image pushes as nothing else does; some groupings have no way to show it. */
  @Test
  void whatNoGroupingCouldShowIsNotToldAndNobodyIsAcquitted() {
    int n = 100;
    MemoryDataset data = data(n);
    float[][][][] members = FakeAttribution.noise(1, 3, 1, n, 6);
    for (float[][] step : members[0]) {
      step[0][7] += 30;
    }
    Attribution attribution = attribution(members, data);
    GroupScores alone =
        run(attribution, Grouping.by("text", n, i -> "t" + i, Json.object()), "alone");
    assertThat(alone.of(0, GroupScore.OVERALL))
        .allMatch(one -> one.verdict() == Verdict.CANNOT_TELL && one.p() == 1);
    assertThat(alone.sentence(0))
        .startsWith("Cannot be told: every group by text has one image alone")
        .doesNotContain("Nobody");
    GroupScores all = run(attribution, Grouping.by("x", n, i -> "all", Json.object()), "all");
    assertThat(all.sentence(0)).startsWith("Cannot be told: all images are in one group by x");
    // Image 7 is in one of 60 groups in 60 of 100 random groupings, whichever it is.
    GroupScores most =
        run(attribution, Grouping.by("y", n, i -> i < 60 ? "t" + i : "", Json.object()), "most");
    assertThat(most.of(0, GroupScore.OVERALL).get(0).group()).isEqualTo("t7");
    assertThat(most.of(0, GroupScore.OVERALL).get(0).p()).isBetween(0.5, 0.7);
    assertThat(most.sentence(0)).startsWith("Cannot be told: ");
    // In the only group of one image it is in 1 of 100.
    GroupScores one =
        run(attribution, Grouping.by("z", n, i -> i == 7 ? "it" : "", Json.object()), "one");
    assertThat(one.of(0, GroupScore.OVERALL).get(0).verdict()).isEqualTo(Verdict.TOWARDS);
    String nearest =
        alone.of(0, GroupScore.OVERALL).stream()
            .min(Comparator.comparingDouble(g -> Math.abs(g.z())))
            .orElseThrow()
            .group();
    GroupScores other =
        run(
            attribution,
            Grouping.by("z", n, i -> nearest.equals("t" + i) ? "it" : "", Json.object()),
            "other");
    assertThat(other.of(0, GroupScore.OVERALL).get(0).verdict()).isEqualTo(Verdict.CHANCE);
    assertThat(other.sentence(0)).startsWith("Nobody in particular: no group by z");
  }

  /**
   * Scores with heavy tails, groups of 2 to 14 of 60 images at random: 49 of 1000 groupings may be
   * called beyond chance. Of 500 that are 24.5 ± 4.8; outside 9 to 40 with probability 0.001.
   */
  @Test
  void randomGroupsAreCalledBeyondChanceAsOftenAsIsSaid() {
    int n = 60;
    int runs = 500;
    int overall = 0;
    int atSteps = 0;
    int[] sizes = {2, 3, 5, 7, 11, 14};
    List<ExampleTable.Example> examples =
        IntStream.range(0, n).mapToObj(i -> new ExampleTable.Example("" + i, "")).toList();
    for (int run = 0; run < runs; run++) {
      Seed seed = Seed.of(run).child("nominal rate");
      float[][] scores = new float[2][n];
      RandomStream numbers = seed.child("scores").stream();
      for (int i = 0; i < 2 * n; i++) {
        scores[i / n][i % n] = (float) Math.pow(numbers.gaussian(i), 3);
      }
      int[] order = seed.child("groups").stream().permutation(n);
      int[] members = new int[n];
      Arrays.fill(members, -1);
      int next = 0;
      for (int g = 0; g < sizes.length; g++) {
        for (int i = 0; i < sizes[g]; i++) {
          members[order[next++]] = g;
        }
      }
      Grouping grouping =
          new Grouping("x", List.of("a", "b", "c", "d", "e", "f"), members, Json.object());
      Attribution attribution =
          Attribution.inMemory(examples, new int[] {1, 2}, 1, (s, t) -> scores[s].clone());
      List<GroupScore> found =
          new TargetGroups(attribution, grouping, 0).compute(seed.child("random"), 999);
      overall += isBeyond(found, true) ? 1 : 0;
      atSteps += isBeyond(found, false) ? 1 : 0;
    }
    assertThat(overall).isBetween(9, 40);
    assertThat(atSteps).isBetween(9, 40);
  }

  private static boolean isBeyond(List<GroupScore> found, boolean overall) {
    return found.stream()
        .filter(g -> g.timestep().equals(GroupScore.OVERALL) == overall)
        .anyMatch(g -> g.verdict().isBeyondChance());
  }

  @Test
  void equalRunsGiveEqualBytesWhateverTheThreads() {
    MemoryDataset data = data(30);
    Attribution attribution = attribution(FakeAttribution.noise(2, 3, 3, 30, 5), data);
    run(attribution, byClass(attribution), "two");
    try (RunContext one = context(1)) {
      new GroupScoresRun(attribution, byClass(attribution), 999, 0).run(folder.resolve("one"), one);
    }
    for (String file : List.of(GroupScores.TABLE, GroupScores.JSON, GroupScores.ASSIGNED)) {
      assertThat(folder.resolve("one").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("two").resolve(file));
    }
  }

  @Test
  void oddNamesComeBackAsTheyWere() {
    MemoryDataset data = data(12);
    Attribution attribution = attribution(FakeAttribution.noise(2, 3, 1, 12, 5), data);
    GroupScores found = run(attribution, byClass(attribution), "groups");
    assertThat(found.of(0, GroupScore.OVERALL).stream().map(GroupScore::group).toList())
        .containsExactlyInAnyOrder("even", ODD);
    assertThat(found.sentence(0)).doesNotContain("\u202e");
  }
}
