package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Selection.Clause;
import io.journey.dataset.Selection.Field;
import io.journey.dataset.Transformations.Crop;
import io.journey.dataset.Transformations.Flip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetSpecTest {
  @Test
  void anAbsoluteTextNamesTheSameSetFromAnotherFolder() {
    String here = Path.of("").toAbsolutePath().toString();
    assertThat(DatasetSpec.parse("images:some/photos?size=8&id=@pom.xml&id!=a").absolute())
        .isEqualTo("images:" + here + "/some/photos?size=8&id=@" + here + "/pom.xml&id!=a");
    assertThat(DatasetSpec.parse("/photos").absolute()).isEqualTo("/photos");
    assertThat(DatasetSpec.parse("photos/?limit=3").absolute()).isEqualTo(here + "/photos?limit=3");
  }

  @Test
  void everyPartIsTaken() {
    DatasetSpec spec =
        DatasetSpec.parse(
            "tar:some/where?size=16&channels=3&crop=none&flip=horizontal&split=test&limit=7"
                + "&classes=Ankle boot,Bag&id!=a%2Cb,c%26d&column=jpg&label=kind&labels=coarse");

    assertThat(spec.format()).contains(DatasetFormats.Own.TAR);
    assertThat(spec.path()).isEqualTo(Path.of("some/where"));
    assertThat(spec.transformations().steps())
        .containsExactly("channels=3", "size=16", "flip=horizontal");
    assertThat(spec.splits().asked()).contains("test");
    assertThat(spec.selection().limit()).isEqualTo(7);
    assertThat(spec.selection().clauses())
        .containsExactly(
            new Clause(Field.CLASS, true, Set.of("Ankle boot", "Bag")),
            new Clause(Field.ID, false, Set.of("a,b", "c&d")));
    assertThat(spec.column()).contains("jpg");
    assertThat(spec.label()).contains("kind");
    assertThat(spec.labels()).contains("coarse");
  }

  @Test
  void sizeCutsASquareUnlessTold() {
    assertThat(DatasetSpec.parse("a?size=8").transformations().crop()).isEqualTo(Crop.CENTER);
    assertThat(DatasetSpec.parse("a?crop=center").transformations().steps())
        .containsExactly("crop=center");
    assertThat(DatasetSpec.parse("a?size=8&crop=none").transformations().crop())
        .isEqualTo(Crop.NONE);
    assertThat(DatasetSpec.parse("a?flip=horizontal").transformations().flip())
        .isEqualTo(Flip.HORIZONTAL);
  }

  @Test
  void aBarePathLeavesEverythingAsItIs() {
    DatasetSpec spec = DatasetSpec.parse("some/where");

    assertThat(spec.format()).isEmpty();
    assertThat(spec.transformations()).isEqualTo(Transformations.NONE);
    assertThat(spec.splits().asked()).isEmpty();
    assertThat(spec.selection().limit()).isEqualTo(Integer.MAX_VALUE);
    assertThat(spec.selection().clauses()).isEmpty();
  }

  @Test
  void aDriveLetterIsNoKind() {
    DatasetSpec spec = DatasetSpec.parse("C:/data/cats?limit=2");

    assertThat(spec.format()).isEmpty();
    assertThat(spec.path()).isEqualTo(Path.of("C:/data/cats"));
    assertThat(DatasetSpec.parse("images:C:/data").path()).isEqualTo(Path.of("C:/data"));
  }

  @Test
  void aFolderWithAColonInItsNameIsFound(@TempDir Path folder) throws Exception {
    Path odd = Files.createDirectories(folder.resolve("run:1"));

    assertThat(DatasetSpec.parse(odd.toString()).path()).isEqualTo(odd);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mnist:data | unknown kind mnist | idx, cifar, parquet, tar, images, coco or croissant",
        "data?scale=3 | unknown option 'scale' | size, crop, flip, channels, split, limit, classes",
        "data?limit=3& | unknown option '' | limit",
        "data?size | size= | whole number from 1 to 4096",
        "data?size=0 | size=0 | whole number from 1 to 4096",
        "data?size=-4 | size=-4 | whole number",
        "data?size=big | size=big | whole number",
        "data?size=5000 | size=5000 | 4096",
        "data?channels=2 | channels=2 | 1 or 3",
        "data?split=val | split=val | train or validation or test or all",
        "data?skip=yes | skip=yes | expected unreadable",
        "data?links=none | links=none | expected follow",
        "data?limit=0 | limit=0 | whole number from 1",
        "data?limit=99999999999 | limit=99999999999 | whole number",
        "data?limit=1&limit=2 | limit | twice",
        "data?classes= | classes= | names",
        "data?classes=a,,b | classes=a,,b | names",
        "data?crop=left | crop=left | center or none",
        "data?flip=vertical | flip=vertical | horizontal",
        "data?column= | column= | a name",
        "data?class=a,,b | class=a,,b | names",
        "idx: | 'idx:' | no file or folder",
        "?size=3 | '?size=3' | no file or folder",
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
