package io.journey.results.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.audit.Change.Removed;
import io.journey.results.audit.Judgement.Verdict;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Verdicts from numbers, beside counts made by hand and beside chance. */
class AuditRuleTest {
  private static final AuditRule RULE = new AuditRule(0.05, 2, 0.5);

  private static List<Change> changes(double own, double seed, double... random) {
    List<Change> all = new ArrayList<>();
    add(all, "a", own, random);
    all.add(new Change("", Removed.NOTHING, 0, 0, seed));
    return all;
  }

  private static void add(List<Change> all, String name, double own, double... random) {
    all.add(new Change(name, Removed.CANDIDATE, 0, 0, own));
    for (int r = 0; r < random.length; r++) {
      all.add(new Change(name, Removed.RANDOM, r, 0, random[r]));
    }
  }

  private static double[] ones(int sets) {
    double[] random = new double[sets];
    Arrays.setAll(random, r -> r % 2 == 0 ? 0.9 : 1.1);
    return random;
  }

  private static Judgement judged(double own, double seed, double... random) {
    return RULE.judge(changes(own, seed, random), Map.of("a", 5)).get(0);
  }

  @Test
  void aSetThatDoesMoreThanEveryRandomOneAndMuchIsAttributed() {
    Judgement one = judged(3, 4, ones(19));
    assertThat(one.p()).isCloseTo(0.05, within(1e-12));
    assertThat(one.images()).isEqualTo(5);
    assertThat(one.largest()).isEqualTo(1.1);
    // Ten of 0.81 and nine of 1.21.
    assertThat(one.random()).isCloseTo(Math.sqrt((10 * 0.81 + 9 * 1.21) / 19), within(1e-12));
    assertThat(one.timesSeed()).isEqualTo(0.75);
    assertThat(one.verdict()).isEqualTo(Verdict.ATTRIBUTED);
    assertThat(one.sentence("the drawing changes"))
        .startsWith(
            "Attributed to these: “a”. Without these 5 images the drawing changes 3.0 times")
        .contains("(p = 0.050)", "0.75 times as much as with another training seed");
  }

  @Test
  void lessThanTwiceRandomOrHalfASeedIsWeakAndOneLargerRandomSetIsNobody() {
    assertThat(judged(1.9, 1, ones(19)).verdict()).isEqualTo(Verdict.WEAKLY);
    assertThat(judged(3, 6.1, ones(19)).verdict()).isEqualTo(Verdict.WEAKLY);
    double[] random = ones(19);
    random[7] = 3.1;
    assertThat(judged(3, 1, random).p()).isCloseTo(0.1, within(1e-12));
    assertThat(judged(3, 1, random).verdict()).isEqualTo(Verdict.NOBODY);
    random[7] = 3; // as much is as far
    assertThat(judged(3, 1, random).verdict()).isEqualTo(Verdict.NOBODY);
  }

  @Test
  void membersAreAveragedBeforeTheyAreRanked() {
    List<Change> all = new ArrayList<>();
    for (int m = 0; m < 2; m++) {
      all.add(new Change("a", Removed.CANDIDATE, 0, m, m == 0 ? 1 : 9));
      for (int r = 0; r < 19; r++) {
        all.add(new Change("a", Removed.RANDOM, r, m, m == 0 ? 2 : 1));
      }
    }
    all.add(new Change("", Removed.NOTHING, 0, 0, 2));
    all.add(new Change("", Removed.NOTHING, 1, 0, 4));
    Judgement one = RULE.judge(all, Map.of("a", 1)).get(0);
    assertThat(one.change()).isEqualTo(5);
    assertThat(one.random()).isEqualTo(1.5);
    assertThat(one.seed()).isEqualTo(3);
    assertThat(one.p()).isCloseTo(0.05, within(1e-12));
  }

  /** Numbers of any one distribution, three candidates at once: at most 5 % have a p of 0.05. */
  @Test
  void candidatesLikeRandomSetsAreTakenForCausesInOneOfTwentyAuditsHoweverManyThereAre() {
    int audits = 4000;
    for (int candidates : new int[] {1, 3}) {
      int found = 0;
      for (int audit = 0; audit < audits; audit++) {
        RandomStream random = Seed.of(audit).child(candidates).stream();
        List<Change> all = new ArrayList<>();
        Map<String, Integer> sizes = new LinkedHashMap<>();
        for (int c = 0; c < candidates; c++) {
          double[] values = new double[20];
          for (int i = 0; i < values.length; i++) {
            // Heavy tails, and a scale of its own for each candidate.
            values[i] = Math.pow(10, c) * Math.exp(1.5 * random.gaussian(20L * c + i));
          }
          sizes.put("c" + c, 1);
          add(all, "c" + c, values[0], Arrays.copyOfRange(values, 1, 20));
        }
        all.add(new Change("", Removed.NOTHING, 0, 0, 1));
        boolean any =
            new AuditRule(0.05, 0, 0)
                .judge(all, sizes).stream().anyMatch(one -> one.verdict() != Verdict.NOBODY);
        found += any ? 1 : 0;
      }
      // 200 of 4000 are expected, with a standard deviation of 14.
      assertThat(found).as(candidates + " candidates").isBetween(140, 260);
    }
  }

  @Test
  void aFallOfTheLossIsNoRise() {
    double[] random = new double[19];
    Arrays.fill(random, 0.001);
    Judgement one = judged(-0.5, 0.01, random);
    assertThat(one.p()).isEqualTo(1);
    assertThat(one.verdict()).isEqualTo(Verdict.NOBODY);
  }

  @Test
  void theRuleSaysHowManyRandomSetsItNeedsAndWhatItIs() {
    assertThat(RULE.fewestSets()).isEqualTo(19);
    assertThat(new AuditRule(0.01, 2, 1).fewestSets()).isEqualTo(99);
    assertThat(RULE.words(19, "the drawing changes"))
        .contains("the drawing changes more than without any of 19 sets", "at least 2 times")
        .contains("at least 0.5 times", "p ≤ 0.05");
    assertThat(RULE.words(39, "x")).contains("without all but 1 of 39 sets");
    assertThatThrownBy(() -> new AuditRule(0, 1, 1)).isInstanceOf(SettingException.class);
    assertThatThrownBy(() -> RULE.judge(changes(1, 1), Map.of("a", 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
