package io.journey.results.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.MemoryDataset;
import io.journey.results.Attribution;
import io.journey.results.FakeAttribution;
import io.journey.results.groups.GroupScores;
import io.journey.results.groups.GroupScoresRun;
import io.journey.results.groups.Grouping;
import io.journey.run.Compute;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an audit leaves out. */
class CandidateTest {
  @TempDir Path folder;

  @Test
  void aStrongImageTakesItsNearDuplicatesAlongHoweverWeakTheyAre() {
    float[] scores = {5, 1, 4, -3, 3, 0, 2, -1, -2, 0.5f};
    int[] clusters = {-1, 1, 2, 2, -1, -1, -1, 1, -1, -1};
    Candidate two = Candidate.strongest(scores, 2, clusters);
    assertThat(two.images()).containsExactly(0, 2, 3);
    assertThat(two.name()).isEqualTo("the 3 strongest images");
    assertThat(two.kept(10).stream()).containsExactly(1, 4, 5, 6, 7, 8, 9);
    assertThat(Candidate.strongest(scores, 1, clusters).name()).isEqualTo("the strongest image");
  }

  @Test
  void moreThanHalfOfTheImagesCannotBeComparedWithAsManyOthers() {
    float[] scores = {4, 3, 2, 1};
    int[] alone = {-1, -1, -1, -1};
    assertThat(Candidate.strongest(scores, 2, alone).images()).hasSize(2);
    for (int count : new int[] {0, 3}) {
      assertThatThrownBy(() -> Candidate.strongest(scores, count, alone))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("half of the 4 images");
    }
    int[] copies = {0, 0, 0, -1};
    assertThatThrownBy(() -> Candidate.strongest(scores, 1, copies))
        .isInstanceOf(SettingException.class);
  }

  /** The group of most images pushes most, and is left alone. */
  @Test
  void theStrongestGroupsOfAtMostHalfOfTheImagesAreLeftOut() {
    MemoryDataset data = new MemoryDataset(1, 1, 1).classes("most", "few", "none");
    float[][][][] scores = new float[1][1][1][10];
    for (int i = 0; i < 10; i++) {
      int group = i < 6 ? 0 : i < 8 ? 1 : 2;
      data.add("" + i, group, 0);
      scores[0][0][0][i] = group == 0 ? 3 : group == 1 ? 2 : -9 - i;
    }
    FakeAttribution fake = new FakeAttribution(new int[] {100}, new float[1][1], scores);
    Attribution attribution = Attribution.open(fake.write(folder.resolve("a"), data));
    Grouping classes = Grouping.ofExamples(Grouping.CLASS, attribution.examples());
    GroupScores found;
    try (RunContext context = RunContext.of(Compute.JAVA, 1, Progress.SILENT)) {
      found = new GroupScoresRun(attribution, classes, 99, 0).run(folder.resolve("g"), context);
    }
    List<Candidate> one = Candidate.groups(found, classes, 0, 1);
    assertThat(one).hasSize(1);
    assertThat(one.get(0).name()).isEqualTo("few");
    assertThat(one.get(0).images()).containsExactly(6, 7);
    assertThat(Candidate.groups(found, classes, 0, 9)).hasSize(2);
  }
}
