package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubsetTest {
  private Dataset whole;

  @BeforeEach
  void sixImages(@TempDir Path folder) throws IOException {
    whole = Datasets.open(DatasetFiles.idxFolder(folder, 0, 1, 2, 3, 4, 5).toString());
  }

  @Test
  void examplesKeepIdLabelAndPixels() {
    Subset subset = Subset.of(whole, 1, 4);

    assertThat(subset.size()).isEqualTo(2);
    assertThat(subset.shape()).isEqualTo(whole.shape());
    assertThat(subset.id(1)).isEqualTo("train/00004");
    assertThat(DatasetFiles.label(subset, 1)).isEqualTo(4);
    assertThat(DatasetFiles.className(subset, 0)).isEqualTo("1");
    assertThat(read(subset, 1)).containsExactly(read(whole, 4));
  }

  @Test
  void withoutLeavesOutTheseIdsOnly() {
    Subset subset = Subset.without(whole, Set.of("train/00000", "train/00004"));

    assertThat(subset.indices()).containsExactly(1, 2, 3, 5);
  }

  @Test
  void fingerprintTellsSubsetsApart() {
    assertThat(
            List.of(
                whole.fingerprint(),
                Subset.of(whole, 0, 1).fingerprint(),
                Subset.of(whole, 0, 2).fingerprint(),
                Subset.of(whole, 0).fingerprint()))
        .doesNotHaveDuplicates();
    assertThat(Subset.of(whole, 0, 1).fingerprint())
        .isEqualTo(Subset.without(whole, ids(2, 3, 4, 5)).fingerprint());
  }

  private List<String> ids(int... indices) {
    return Arrays.stream(indices).mapToObj(whole::id).toList();
  }

  @Test
  void leavingNothingOutChangesNothing() {
    assertThat(Subset.without(whole, List.of()).fingerprint()).isEqualTo(whole.fingerprint());
  }

  @Test
  void aSubsetOfASubsetIsOneOfTheWhole() {
    Subset nested = Subset.of(Subset.of(whole, 1, 3, 5), 0, 2);

    assertThat(nested.whole()).isSameAs(whole);
    assertThat(nested.indices()).containsExactly(1, 5);
    assertThat(nested.fingerprint()).isEqualTo(Subset.of(whole, 1, 5).fingerprint());
  }

  @Test
  void indicesOutOfOrderTwiceOrOutsideAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Subset.of(whole, 3, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Subset.of(whole, 3, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> Subset.of(whole, 3, 6));
    assertThatIllegalArgumentException().isThrownBy(() -> Subset.of(whole, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> Subset.of(whole));
  }

  @Test
  void idsThatAreNotThereAndEmptySubsetsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subset.without(whole, List.of("train/00009")))
        .withMessageContaining("train/00009");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subset.without(whole, ids(0, 1, 2, 3, 4, 5)));
  }

  @Test
  void changingTheGivenIndicesAfterwardsChangesNothing() {
    int[] indices = {1, 4};
    Subset subset = Subset.of(whole, indices);
    indices[0] = 0;
    subset.indices()[1] = 5;

    assertThat(subset.id(0)).isEqualTo("train/00001");
    assertThat(subset.id(1)).isEqualTo("train/00004");
  }
}
