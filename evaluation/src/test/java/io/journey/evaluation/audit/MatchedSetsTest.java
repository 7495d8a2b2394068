package io.journey.evaluation.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.random.Seed;
import io.journey.results.audit.Candidate;
import io.journey.run.SettingException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random sets of images beside those that are left out. */
class MatchedSetsTest {
  private static final int N = 200;

  private static Candidate candidate(String name, int from, int to) {
    return new Candidate(name, IntStream.range(from, to).toArray());
  }

  private static MatchedSets sets(int[] strata, Candidate... candidates) {
    return new MatchedSets(List.of(candidates), true, strata, N, 7);
  }

  /** A check by removal with the same seed removes the first images of the same permutation. */
  @Test
  void auditsOfOtherPicturesHaveTheSameSetsAndOutsideOfGroupsWhereTheyMay() {
    Candidate candidate = candidate("a", 20, 24);
    MatchedSets anywhere = new MatchedSets(List.of(candidate), false, null, N, 7);
    int same = 0;
    for (int set = 0; set < 100; set++) {
      int[] first = Seed.of(7).child("random set").child(set).stream().permutation(N);
      int[] expected = Arrays.stream(first, 0, 4).sorted().toArray();
      assertThat(anywhere.draw(set).get(0).images()).containsExactly(expected);
      int[] drawn = sets(null, candidate).draw(set).get(0).images();
      assertThat(drawn).hasSize(4).doesNotContain(20, 21, 22, 23);
      same += Arrays.equals(drawn, expected) ? 1 : 0;
    }
    // Four of two hundred images meet four others in 8 of 100 cases.
    assertThat(same).isBetween(80, 99);
  }

  @Test
  void setsOfSeveralCandidatesHaveNoImageInCommonWithEachOtherOrAnyCandidate() {
    MatchedSets sets = sets(null, candidate("a", 0, 30), candidate("b", 50, 60));
    for (int set = 0; set < 20; set++) {
      List<Candidate> drawn = sets.draw(set);
      int[] all =
          drawn.stream().flatMapToInt(one -> Arrays.stream(one.images())).sorted().toArray();
      assertThat(drawn.get(0).images()).hasSize(30);
      assertThat(drawn.get(1).images()).hasSize(10);
      assertThat(Arrays.stream(all).distinct().count()).isEqualTo(40);
      assertThat(Arrays.stream(all).noneMatch(i -> i < 30 || i >= 50 && i < 60)).isTrue();
    }
  }

  @Test
  void aSetHasAsManyImagesOfEachStratumAsItsCandidate() {
    int[] strata = IntStream.range(0, N).map(i -> i % 5 - 1).toArray();
    Candidate candidate = new Candidate("a", new int[] {0, 5, 10, 11, 13});
    for (int set = 0; set < 20; set++) {
      int[] drawn = sets(strata, candidate).draw(set).get(0).images();
      assertThat(Arrays.stream(drawn).map(i -> strata[i]).sorted())
          .containsExactly(-1, -1, -1, 0, 2);
    }
    assertThatThrownBy(() -> sets(strata, stratum(strata, 3)).draw(0))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("only 0 images like the 40 of all of it");
  }

  private static Candidate stratum(int[] strata, int which) {
    return new Candidate(
        "all of it", IntStream.range(0, N).filter(i -> strata[i] == which).toArray());
  }
}
