package io.journey.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.MemoryDataset;
import io.journey.features.FeatureStore;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.Influence;
import io.journey.results.curation.Curation;
import io.journey.results.curation.Issue;
import io.journey.results.curation.Signals;
import io.journey.results.curation.Suspect;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.run.Snapshot;
import io.journey.score.Damping;
import io.journey.score.Estimators;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What images say of one another, against all pairs written out. */
class CurationRunTest {
  private static final String[] CLASSES = {"bag", "coat", "shoe"};
  private static final double DAMPING = 0.3;
  private static final int SUPPORTERS = 7;

  @TempDir Path folder;

  /** Pictures of noise, the class of i is i modulo 3. */
  private static MemoryDataset data(int n) {
    MemoryDataset data = new MemoryDataset(1, 4, 4).classes(CLASSES);
    for (int i = 0; i < n; i++) {
      float[] image = new float[16];
      Seed.of(5).child(i).stream().fillGaussian(image);
      data.add("a/" + i, i % CLASSES.length, image);
    }
    return data;
  }

  /** Noise about a direction of each class, of lengths that differ. */
  private static float[][] features(int n, int k, long seed) {
    float[][] rows = new float[n][k];
    for (int i = 0; i < n; i++) {
      Seed.of(seed).child(i).stream().fillGaussian(rows[i]);
      RandomStream centre = Seed.of(seed).child("class").child(i % CLASSES.length).stream();
      for (int j = 0; j < k; j++) {
        rows[i][j] = (float) ((rows[i][j] + centre.gaussian(j)) * (1 + i % 5));
      }
    }
    return rows;
  }

  private static CurationRun run(FeatureStore store, Dataset data, String estimator, int rows) {
    return new CurationRun(
        store, Estimators.named(estimator), new Damping(DAMPING), data, SUPPORTERS, 0.99, 4, rows);
  }

  /** φ_jᵀMφ_i of all pairs, in float64. */
  private static SimpleMatrix scores(float[][] rows, boolean damped) {
    int k = rows[0].length;
    SimpleMatrix phi = new SimpleMatrix(rows.length, k);
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < k; j++) {
        phi.set(i, j, rows[i][j]);
      }
    }
    if (!damped) {
      return phi.mult(phi.transpose());
    }
    SimpleMatrix gram = phi.transpose().mult(phi);
    double lambda = DAMPING * gram.trace() / Math.min(rows.length, k);
    SimpleMatrix inverse = gram.plus(SimpleMatrix.identity(k).scale(lambda)).invert();
    return phi.mult(inverse).mult(phi.transpose());
  }

  /** More images than numbers, and fewer; two checkpoints; in parts that do not divide them. */
  @ParameterizedTest
  @CsvSource({"tracin-dot,40,12", "tracin-dot,40,70", "journey-trak,40,12", "journey-trak,40,70"})
  void signalsAreThoseOfAllPairsWrittenOut(String estimator, int n, int k) {
    Dataset data = data(n);
    float[][][] members = {features(n, k, 1), features(n, k, 2)};
    FeatureStore store = VectorFeatures.write(folder.resolve("f"), data, members);
    Curation found = run(store, data, estimator, 9).run(folder.resolve("c"), TestContext.of(3));

    double[][] closeness = new double[n][n];
    double[] self = new double[n];
    for (float[][] rows : members) {
      SimpleMatrix s = scores(rows, !estimator.equals("tracin-dot"));
      for (int i = 0; i < n; i++) {
        self[i] += s.get(i, i) / (s.trace() / n) / members.length;
        for (int j = 0; j < n; j++) {
          closeness[i][j] += s.get(i, j) / Math.sqrt(s.get(i, i) * s.get(j, j)) / members.length;
        }
      }
    }
    for (int i = 0; i < n; i++) {
      int image = i;
      int own = i % CLASSES.length;
      List<Integer> others =
          IntStream.range(0, n)
              .filter(j -> j != image)
              .boxed()
              .sorted(Comparator.comparingDouble(j -> -closeness[image][j]))
              .toList();
      List<Integer> first = others.subList(0, SUPPORTERS);
      Signals of = found.signals().get(i);
      assertThat(of.id()).isEqualTo("a/" + i);
      assertThat(of.selfInfluence()).isCloseTo(self[i], within(1e-5));
      assertThat(of.against()).isCloseTo(-mean(closeness[i], others), within(1e-5));
      assertThat(of.foreign()).isCloseTo(1 - support(closeness[i], first), within(1e-5));
      double all = first.stream().mapToDouble(j -> Math.max(0, closeness[image][j])).sum();
      double stranger =
          first.stream()
              .filter(j -> j % CLASSES.length != own)
              .mapToDouble(j -> Math.max(0, closeness[image][j]))
              .sum();
      assertThat(of.mislabels()).isCloseTo(stranger / all, within(1e-5));
      double rival = Double.NEGATIVE_INFINITY;
      double mine = 0;
      for (int c = 0; c < CLASSES.length; c++) {
        int wanted = c;
        List<Integer> there = others.stream().filter(j -> j % CLASSES.length == wanted).toList();
        double mean = mean(closeness[i], there);
        if (c == own) {
          mine = mean;
        } else if (mean > rival) {
          rival = mean;
        }
      }
      assertThat(of.margin()).isCloseTo(rival - mine, within(1e-5));
      assertThat(of.twin()).isEqualTo("a/" + first.get(0));
      if (!Double.isNaN(of.twins())) {
        double rest = support(closeness[i], first.subList(2, SUPPORTERS));
        assertThat(of.twins()).isCloseTo(closeness[i][first.get(0)] - rest, within(1e-5));
      }
    }
    Suspect most = found.suspects(Issue.FOREIGN).get(0);
    assertThat(most.image().exampleId()).isEqualTo(found.ranked(Issue.FOREIGN).get(0).id());
    int index = most.image().index();
    assertThat(most.evidence()).hasSize(5);
    Influence strongest = most.evidence().get(0);
    assertThat((double) strongest.score())
        .isCloseTo(closeness[index][strongest.index()], within(1e-5));
    assertThat(strongest.exampleId()).isEqualTo(found.signals().get(index).twin());
  }

  private static double mean(double[] of, List<Integer> places) {
    return places.stream().mapToDouble(j -> of[j]).average().orElseThrow();
  }

  private static double support(double[] of, List<Integer> places) {
    return places.stream().mapToDouble(j -> Math.max(0, of[j])).average().orElseThrow();
  }

  /** Image 7 is put under another class, 20 points its own way, 31 is 30 again, 12 opposes all. */
  @Test
  void plantedFaultsStandFirst() {
    int n = 45;
    int k = 80;
    MemoryDataset data = new MemoryDataset(1, 4, 4).classes(CLASSES);
    float[][] rows = features(n, k, 3);
    for (int i = 0; i < n; i++) {
      float[] image = new float[16];
      Seed.of(5).child(i == 31 ? 30 : i).stream().fillGaussian(image);
      data.add("a/" + i, i == 7 ? 0 : i == 31 ? 30 % 3 : i % 3, image);
    }
    Seed.of(9).stream().fillGaussian(rows[20]);
    rows[31] = rows[30].clone();
    for (int j = 0; j < k; j++) {
      rows[31][j] *= 0.5f;
      rows[12][j] = 0;
      for (int i = 0; i < n; i++) {
        rows[12][j] -= i == 12 ? 0 : rows[i][j];
      }
    }
    FeatureStore store = VectorFeatures.write(folder.resolve("f"), data, rows);
    Curation found = run(store, data, "tracin-dot", n).run(folder.resolve("c"), TestContext.TWO);
    assertThat(first(found, Issue.MISLABELS)).isEqualTo("a/7");
    assertThat(found.signals().get(7).rival()).isEqualTo(CLASSES[1]);
    assertThat(found.ranked(Issue.FOREIGN).stream().limit(2).map(Signals::id))
        .containsExactlyInAnyOrder("a/12", "a/20");
    assertThat(first(found, Issue.AGAINST)).isEqualTo("a/12");
    assertThat(first(found, Issue.SELF_INFLUENCE)).isEqualTo("a/12");
    assertThat(first(found, Issue.TWINS)).isEqualTo("a/31");
    assertThat(found.signals().get(30).twins()).isNaN();
    assertThat(found.suspects(Issue.DUPLICATES)).hasSize(1);
    Suspect copy = found.suspects(Issue.DUPLICATES).get(0);
    assertThat(copy.image().exampleId()).isEqualTo("a/31");
    assertThat(copy.image().score()).isCloseTo(1, within(1e-6f));
    assertThat(copy.evidence()).extracting(Influence::exampleId).containsExactly("a/30");
    assertThat(found.suspects(Issue.FOREIGN)).hasSize(4);
  }

  private static String first(Curation found, Issue issue) {
    return found.suspects(issue).get(0).image().exampleId();
  }

  @Test
  void imagesWithoutClassesHaveNoWrongOnes() {
    MemoryDataset data = new MemoryDataset(1, 2, 2);
    for (int i = 0; i < 12; i++) {
      data.add("a/" + i, Condition.NONE, i, 1, -i * i, 2);
    }
    FeatureStore store = VectorFeatures.write(folder.resolve("f"), data, features(12, 8, 1));
    Curation found = run(store, data, "tracin-dot", 12).run(folder.resolve("c"), TestContext.TWO);
    assertThat(found.suspects(Issue.MISLABELS)).isEmpty();
    assertThat(found.signals()).allMatch(one -> Double.isNaN(one.mislabels()));
    assertThat(found.suspects(Issue.FOREIGN)).hasSize(4);
  }

  @Test
  void killedAnywhereItEndsInTheSameBytes() throws IOException {
    Dataset data = data(40);
    FeatureStore store =
        VectorFeatures.write(folder.resolve("f"), data, features(40, 12, 1), features(40, 12, 2));
    CurationRun run = run(store, data, "journey-trak", 9);
    run.run(folder.resolve("whole"), TestContext.of(1));
    for (long advances : new long[] {0, 1, 4, 7}) {
      assertThatThrownBy(
              () -> run.run(folder.resolve("parts"), TestContext.killedAfter(advances, 1)))
          .hasMessage("killed");
    }
    run.run(folder.resolve("parts"), TestContext.of(3));
    assertThat(Snapshot.withoutTimes(folder.resolve("parts")))
        .isEqualTo(Snapshot.withoutTimes(folder.resolve("whole")));
  }

  @Test
  void whatDoesNotFitIsRefusedInASentence() {
    MemoryDataset data = data(12);
    FeatureStore store = VectorFeatures.write(folder.resolve("f"), data, features(12, 8, 1));
    List<String> refusals = new ArrayList<>();
    for (String estimator : List.of("tracin-cosine", "ek-fac")) {
      assertThatThrownBy(
              () -> run(store, data, estimator, 12).run(folder.resolve("c"), TestContext.TWO))
          .isInstanceOf(JourneyException.class)
          .satisfies(e -> refusals.add(e.getMessage()));
    }
    assertThat(refusals.get(0)).contains("by tracin-cosine are not the same both ways");
    assertThat(refusals.get(1)).contains("ek-fac needs features of --preconditioner ekfac");
    assertThatThrownBy(
            () ->
                CurationRun.of(
                        store, Estimators.named("tracin-dot"), Damping.DEFAULT, data, 12, 0.99, 1)
                    .run(folder.resolve("c"), TestContext.TWO))
        .hasMessageContaining("has 12 images, too few for 12 supporters of each");
    assertThatThrownBy(
            () ->
                CurationRun.of(
                    store,
                    Estimators.named("tracin-dot"),
                    Damping.DEFAULT,
                    data(12).fingerprint("f".repeat(64)),
                    5,
                    0.99,
                    1))
        .hasMessageContaining("was made from data with the fingerprint");
    assertThatThrownBy(
            () ->
                CurationRun.of(
                    store, Estimators.named("tracin-dot"), Damping.DEFAULT, data, 2, 0.99, 1))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("at least 3, got 2");
  }
}
