package io.journey.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.condition.Condition;
import io.journey.dataset.MemoryDataset;
import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets and training images as a person is told of them. */
class TargetNamesTest {
  @TempDir Path folder;

  private static MemoryDataset images(String prefix) {
    MemoryDataset data = new MemoryDataset(1, 2, 2);
    for (int i = 0; i < 3; i++) {
      data.add(prefix + i, Condition.NONE, new float[4]);
    }
    return data;
  }

  private static FakeAttribution fake(int targets) {
    return new FakeAttribution(
        new int[] {100}, new float[targets][4], FakeAttribution.noise(1, 1, targets, 3, 1));
  }

  @Test
  void promptsAreCutAndFilesNamed() {
    FakeAttribution drawn = fake(2);
    drawn.conditions =
        List.of(new Condition.Prompt("a\nboat " + "x".repeat(60)), new Condition.Prompt(""));
    Attribution attribution = Attribution.open(drawn.write(folder.resolve("a"), images("")));
    assertThat(TargetNames.of(attribution))
        .containsExactly("Picture 0, “a boat " + "x".repeat(41) + "…”", "Picture 1");
    FakeAttribution asked = fake(2);
    asked.conditions = List.of(new Condition.Prompt("p"), new Condition.Prompt(""));
    asked.inputs.putArray("files").add("one.png").add("two\u202e.png");
    attribution = Attribution.open(asked.write(folder.resolve("b"), images("")));
    assertThat(TargetNames.of(attribution).get(0)).isEqualTo("Picture 0, “one.png”");
    assertThat(TargetNames.of(attribution).get(1)).doesNotContain("\u202e");
  }

  /** Other data that have no captions are told to be other data. */
  @Test
  void otherDataWithoutCaptionsAreOtherData() {
    MemoryDataset data = images("");
    FakeAttribution fake = fake(1);
    fake.inputs.put("text_encoder", "ab").put("pictures", data.fingerprint());
    Attribution attribution = Attribution.open(fake.write(folder.resolve("a"), data));
    assertThatThrownBy(() -> TrainingImages.of(attribution, images("other ")))
        .isInstanceOf(JourneyException.class)
        .hasMessageEndingWith(
            " was made from other images than memory:test, such as 0: name the data it was made"
                + " from.");
    assertThatThrownBy(() -> TrainingImages.of(attribution, images("")))
        .hasMessageContaining("has no captions");
  }
}
