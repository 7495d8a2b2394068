package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.MemoryDataset;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptionSimilarityTest {
  private final MemoryDataset data =
      new MemoryDataset(1, 1, 1)
          .add("both", Condition.NONE, 0f)
          .captions("A cat and a dog")
          .add("two captions", Condition.NONE, 0f)
          .captions("a dog, flat", "Dog!")
          .add("neither", Condition.NONE, 0f)
          .captions("the sea")
          .add("no text", Condition.NONE, 0f)
          .captions("");

  /** Five captions: "dog" is in three, "a" in two, every other word in one. */
  @Test
  void cosinesAreThoseOfWordsWeighedByHand() {
    double dog = Math.log(6 / 4.0) + 1;
    double a = Math.log(6 / 3.0) + 1;
    double rare = Math.log(6 / 2.0) + 1;
    double asked = Math.hypot(rare, dog);
    double first = Math.sqrt(4 * a * a + 2 * rare * rare + dog * dog);
    double second = Math.sqrt(a * a + dog * dog + rare * rare);
    float[] found = CaptionSimilarity.cosines(data, List.of("CAT dog, zebra"))[0];
    float[] expected = {
      (float) ((rare * rare + dog * dog) / (asked * first)),
      (float) ((dog * dog / (asked * second) + dog / asked) / 2),
      0,
      0
    };
    assertThat(found).containsExactly(expected, within(1e-6f));
  }

  @Test
  void aPromptIsNearestToItselfAndOneWithoutKnownWordsToNothing() {
    float[][] found =
        CaptionSimilarity.cosines(data, List.of("a dog and A CAT", "zebra", "", "the SEA"));
    assertThat(found[0][0]).isEqualTo(1f, within(1e-6f));
    assertThat(found[0][1]).isBetween(0.1f, 0.9f);
    assertThat(found[1]).containsOnly(0f);
    assertThat(found[2]).containsOnly(0f);
    assertThat(found[3]).containsExactly(new float[] {0, 0, 1, 0}, within(1e-6f));
  }
}
