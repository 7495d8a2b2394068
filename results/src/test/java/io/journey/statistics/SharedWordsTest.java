package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.condition.Condition;
import io.journey.dataset.MemoryDataset;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedWordsTest {
  private final MemoryDataset data = new MemoryDataset(1, 1, 1);

  private void add(String... captions) {
    data.add("image " + data.size(), Condition.NONE, 0f).captions(captions);
  }

  @Test
  void contentWordsAreDistinctAndInOrder() {
    assertThat(SharedWords.contentWords("A motorcycle and the STOP-sign, a Motorcycle's 2 wheels."))
        .containsExactly("motorcycle", "stop", "sign", "2", "wheels");
    assertThat(SharedWords.contentWords("it is on the top of a")).containsExactly("top");
    assertThat(SharedWords.contentWords("")).isEmpty();
    assertThat(SharedWords.contentWords(" \n\u202e<br/> ")).containsExactly("br");
  }

  @Test
  void wordsOfOtherScriptsAreWords() {
    assertThat(SharedWords.contentWords("Ein Café, un CAFE\u0301"))
        .containsExactly("ein", "café", "un");
    assertThat(SharedWords.contentWords("رجل يركب دراجة")).containsExactly("رجل", "يركب", "دراجة");
    assertThat(SharedWords.contentWords("红色摩托车 ok")).containsExactly("红", "色", "摩", "托", "车", "ok");
    assertThat(SharedWords.contentWords("a dog 🐕 runs")).containsExactly("dog", "runs");
  }

  @Test
  void sharesAreOfAllCaptionsOfAnImageTogether() {
    add("A red bus.", "Two people wait");
    add("A dog");
    add("people with a RED umbrella at a bus stop", "");
    add("");
    SharedWords found =
        SharedWords.of(data, List.of("people and a red bus stop", "the", "a green dog"));
    assertThat(found.words(0)).containsExactly("people", "red", "bus", "stop");
    assertThat(shares(found, 0)).containsExactly(0.75, 0, 1, 0);
    assertThat(shares(found, 1)).containsExactly(0, 0, 0, 0);
    assertThat(shares(found, 2)).containsExactly(0, 0.5, 0, 0);
    assertThat(found.count(0, 2)).isEqualTo(2);
    assertThat(found.count(0, 3)).isEqualTo(1);
    assertThat(found.count(0, 2, new int[] {1, 2, 3})).isEqualTo(1);
    assertThat(found.countOfAny(0)).isEqualTo(2);
    assertThat(found.countOfAny(1)).isZero();
  }

  private double[] shares(SharedWords found, int prompt) {
    double[] out = new double[data.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = found.share(prompt, i);
    }
    return out;
  }

  @Test
  void imagesWithoutCaptionsHaveNoWord() {
    data.add("image", new Condition.ClassLabel(0), 0f);
    SharedWords found = SharedWords.of(data, List.of("a dog"));
    assertThat(found.share(0, 0)).isZero();
  }
}
