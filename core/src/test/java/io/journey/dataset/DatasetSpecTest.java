package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.DatasetSpec.Kind;
import io.journey.dataset.DatasetSpec.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetSpecTest {
  @Test
  void everyPartIsTaken() {
    DatasetSpec spec =
        DatasetSpec.parse(
            "idx:some/where?size=16&channels=3&split=test&limit=7&classes=Ankle boot,Bag");

    assertThat(spec.kind()).contains(Kind.IDX);
    assertThat(spec.folder()).isEqualTo(Path.of("some/where"));
    assertThat(spec.size()).contains(16);
    assertThat(spec.channels()).contains(3);
    assertThat(spec.split()).contains(Split.TEST);
    assertThat(spec.limit()).isEqualTo(7);
    assertThat(spec.classes()).containsExactly("Ankle boot", "Bag");
  }

  @Test
  void aBarePathLeavesEverythingAsItIs() {
    DatasetSpec spec = DatasetSpec.parse("some/where");

    assertThat(spec.kind()).isEmpty();
    assertThat(spec.size()).isEmpty();
    assertThat(spec.channels()).isEmpty();
    assertThat(spec.split()).isEmpty();
    assertThat(spec.limit()).isEqualTo(Integer.MAX_VALUE);
    assertThat(spec.classes()).isEmpty();
  }

  @Test
  void aDriveLetterIsNoKind() {
    DatasetSpec spec = DatasetSpec.parse("C:/data/cats?limit=2");

    assertThat(spec.kind()).isEmpty();
    assertThat(spec.folder()).isEqualTo(Path.of("C:/data/cats"));
    assertThat(DatasetSpec.parse("images:C:/data").folder()).isEqualTo(Path.of("C:/data"));
  }

  @Test
  void aFolderWithAColonInItsNameIsFound(@TempDir Path folder) throws Exception {
    Path odd = Files.createDirectories(folder.resolve("run:1"));

    assertThat(DatasetSpec.parse(odd.toString()).folder()).isEqualTo(odd);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mnist:data | unknown kind mnist | idx or images",
        "data?scale=3 | unknown option 'scale' | size, channels, split, limit, classes",
        "data?limit=3& | unknown option '' | limit",
        "data?size | size= | whole number from 1 to 4096",
        "data?size=0 | size=0 | whole number from 1 to 4096",
        "data?size=-4 | size=-4 | whole number",
        "data?size=big | size=big | whole number",
        "data?size=5000 | size=5000 | 4096",
        "data?channels=2 | channels=2 | 1 or 3",
        "data?split=val | split=val | train or test",
        "data?limit=0 | limit=0 | whole number from 1",
        "data?limit=99999999999 | limit=99999999999 | whole number",
        "data?limit=1&limit=2 | limit | twice",
        "data?classes= | classes= | names",
        "data?classes=a,,b | classes=a,,b | names",
        "idx: | 'idx:' | no folder",
        "?size=3 | '?size=3' | no folder",
      })
  void whatItDoesNotKnowIsRefused(String spec, String found, String remedy) {
    assertRefused(spec, found, remedy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "idx:\0"})
  void whatIsNoPathIsRefused(String spec) {
    assertRefused(spec, "Data set");
  }
}
