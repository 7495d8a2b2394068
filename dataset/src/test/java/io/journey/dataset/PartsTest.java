package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.png;
import static io.journey.dataset.DatasetFiles.pngBytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which images belong to which part of a set. The expected parts are those of {@code
 * load_dataset("imagefolder", data_dir=…)} of datasets 5.2.0, asked once about the same paths;
 * where Journey answers otherwise, the test says so.
 */
class PartsTest {
  @TempDir Path folder;

  private void images(String paths) throws IOException {
    int colour = 0;
    for (String path : paths.split(" ")) {
      png(folder.resolve(path), 1, 1, colour++);
    }
  }

  private List<String> part(String split) {
    return ids(Datasets.open(folder + "?split=" + split));
  }

  private String classes(String split) {
    Dataset set = Datasets.open(folder + "?split=" + split);
    return String.join(
        " ", IntStream.range(0, set.size()).mapToObj(i -> DatasetFiles.className(set, i)).toList());
  }

  private static String[] words(String text) {
    return text.split(" ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train/a.png train/b.png | test/c.png",
        "train/cat/a.png train/dog/b.png | test/cat/c.png test/dog/d.png",
        "train/a.png train/b.png | test/cat/c.png test/dog/d.png",
        "training/a.png | eval/c.png evaluation/d.png testing/b.png",
        "train_images/a.png | test_images/b.png",
        "my_train/a.png | my_test/b.png",
        "data/train/a.png | data/test/b.png",
        "data/train/cat/a.png data/train/dog/b.png | data/test/cat/c.png",
        "cat/train/a.png dog/train/c.png | cat/test/b.png dog/test/d.png",
        "train/unlabelled/a.png | test/unlabelled/b.png",
        "train_1.png train_2.png | test_1.png",
      })
  void partsAreThoseOfTheDatasetsLibrary(String train, String test) throws IOException {
    images(train + " " + test);

    assertThat(ids(Datasets.open(folder.toString()))).containsExactly(words(train));
    assertThat(part("train")).containsExactly(words(train));
    assertThat(part("test")).containsExactly(words(test));
    assertThat(part("all")).containsExactlyInAnyOrder(words(train + " " + test));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train/a.png | dev/c.png val/b.png",
        "train/a.png | valid/e.png validation/b.png",
        "train2017/a.png | val2017/b.png",
      })
  void validationHasManyNames(String train, String validation) throws IOException {
    images(train + " " + validation);

    assertThat(ids(Datasets.open(folder.toString()))).containsExactly(words(train));
    assertThat(part("validation")).containsExactly(words(validation));
    assertRefused(folder + "?split=test", "no part test", "split=train, split=validation");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train/cat/a.png train/dog/b.png test/cat/c.png | cat dog",
        "data/train/cat/a.png data/train/dog/b.png data/test/cat/c.png | cat dog",
        "train/a.png train/b.png test/c.png | ' '",
        "train/a.png train/b.png test/cat/c.png | ' '",
        // The library takes the folder of the part for a class here, or none.
        "cat/train/a.png dog/train/b.png cat/test/c.png | cat dog",
      })
  void aPartIsNoClass(String paths, String classes) throws IOException {
    images(paths);

    assertThat(classes("train")).isEqualTo(classes);
  }

  @Test
  void wherePartsDifferInDepthTogetherTheyHaveNoClasses() throws IOException {
    images("train/a.png test/cat/c.png");

    assertThat(Datasets.open(folder + "?split=all").classNames()).isEmpty();
    assertThat(Datasets.open(folder + "?split=test").classNames()).isEmpty();
  }

  /** The library has no label for the images of the first part, where that has one class alone. */
  @Test
  void partsAgreeOnTheNumbersOfClasses() throws IOException {
    images("train/cat/a.png test/dog/b.png val/ant/c.png");

    for (String split : new String[] {"train", "test", "validation", "all"}) {
      assertThat(Datasets.open(folder + "?split=" + split).classNames())
          .containsExactly("ant", "cat", "dog");
    }
    assertThat(classes("train")).isEqualTo("cat");
    assertThat(DatasetFiles.label(Datasets.open(folder + "?split=test"), 0)).isEqualTo(2);
  }

  @Test
  void aSetOfOnePartIsReadByItsName() throws IOException {
    images("test/a.png test/b.png");

    assertThat(part("test")).containsExactly("test/a.png", "test/b.png");
    assertRefused(folder.toString(), "no part train", "split=test");
  }

  @Test
  void wordsThatOnlyBeginLikeAPartAreClasses() throws IOException {
    images("tests/a.png trains/b.png");

    assertThat(Datasets.open(folder.toString()).classNames()).containsExactly("tests", "trains");
  }

  /** The library knows parts in lower case only, and would train on {@code TEST} as a class. */
  @Test
  void partsAreFoundInAnyCase() throws IOException {
    images("Train/a.png TEST/b.png");

    assertThat(ids(Datasets.open(folder.toString()))).containsExactly("Train/a.png");
    assertThat(part("test")).containsExactly("TEST/b.png");
  }

  /** The library leaves the others out in silence. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train/a.png ship/b.png | train/a.png | ship/b.png",
        "train/cat/a.png ship/cat/b.png | train/cat/a.png | ship/cat/b.png",
        "a.png train/b.png test/c.png | train/b.png | a.png",
        "bus/a.png car/b.png train/c.png | train/c.png | bus/a.png",
        "train_images/a.png test_images/b.png more/c.png | train_images/a.png | more/c.png",
      })
  void imagesInPartsAndInNoneNeedAWord(String paths, String train, String other)
      throws IOException {
    images(paths);

    assertRefused(folder.toString(), other, "split=train", "split=none");
    assertThat(part("train")).containsExactly(train);
  }

  @Test
  void withoutPartsFoldersAreClassesWhateverTheirNames() throws IOException {
    images("bus/a.png train/b.png test/c.png");

    assertThat(part("none")).containsExactly("bus/a.png", "test/c.png", "train/b.png");
    assertThat(classes("none")).isEqualTo("bus test train");
  }

  /** The library reads nothing but the folder and the image that sound like parts. */
  @Test
  void oneNameThatSoundsLikeAPartIsNone() throws IOException {
    images("harbour/a.png train_station/b.png church/test_1.png");

    assertThat(Datasets.open(folder.toString()).classNames())
        .containsExactly("church", "harbour", "train_station");
  }

  @Test
  void partsInAnArchiveAreThoseOfTheFolder() throws IOException {
    byte[] image = pngBytes(1, 1, 0);
    TarBytes tar = new TarBytes().file("train/a.png", image).file("test/b.png", image);
    Path file = Files.write(folder.resolve("set.tar"), tar.finished());

    assertThat(ids(Datasets.open(file.toString()))).containsExactly("train/a.png");
    assertThat(Datasets.open(file.toString()).classNames()).isEmpty();
    assertThat(ids(Datasets.open(file + "?split=test"))).containsExactly("test/b.png");
    assertThat(ids(Datasets.open(file + "?split=none"))).hasSize(2);
  }
}
