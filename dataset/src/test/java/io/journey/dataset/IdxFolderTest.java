package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.IMAGES;
import static io.journey.dataset.DatasetFiles.LABELS;
import static io.journey.dataset.DatasetFiles.gzip;
import static io.journey.dataset.DatasetFiles.idx;
import static io.journey.dataset.DatasetFiles.idxFolder;
import static io.journey.dataset.DatasetFiles.pixels;
import static io.journey.dataset.DatasetFiles.read;
import static io.journey.dataset.DatasetFiles.scaled;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFolderTest {
  @TempDir Path folder;

  private static List<String> ids(Dataset dataset) {
    return IntStream.range(0, dataset.size()).mapToObj(dataset::id).toList();
  }

  @Test
  void valuesIdsAndLabelsAreThoseOfTheFile() throws IOException {
    byte[] values = {0, 51, 102, (byte) 255, 1, 2, 3, 4, (byte) 128, 5, 6, 7};
    Files.write(folder.resolve(IMAGES), idx(values, 2, 2, 3));
    Files.write(folder.resolve(LABELS), idx(new byte[] {7, 0}, 2));
    Dataset dataset = Datasets.open(folder.toString());

    assertThat(dataset.size()).isEqualTo(2);
    assertThat(dataset.shape()).isEqualTo(new ImageShape(1, 2, 3));
    assertThat(ids(dataset)).containsExactly("train/00000", "train/00001");
    assertThat(DatasetFiles.label(dataset, 0)).isEqualTo(7);
    assertThat(DatasetFiles.className(dataset, 1)).isEqualTo("0");
    assertThat(dataset.classNames()).containsExactly("0,1,2,3,4,5,6,7,8,9".split(","));
    assertThat(read(dataset, 0))
        .containsExactly(scaled(0), scaled(51), scaled(102), scaled(255), scaled(1), scaled(2));
    assertThat(read(dataset, 0)).startsWith(-1f, -0.6f, -0.2f, 1f);
    float[] out = new float[8];
    dataset.read(1, out, 2);
    assertThat(out).startsWith(0, 0, scaled(3), scaled(4), scaled(128)).endsWith(scaled(7));
  }

  @Test
  void withoutLabelsThereAreNoClasses() throws IOException {
    Files.write(folder.resolve(IMAGES), idx(pixels(8), 2, 2, 2));
    Dataset dataset = Datasets.open(folder.toString());

    assertThat(DatasetFiles.label(dataset, 1)).isEqualTo(-1);
    assertThat(DatasetFiles.className(dataset, 1)).isEmpty();
    assertThat(dataset.classNames()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train-images.idx3-ubyte",
        "train-images-idx3-ubyte.gz",
        "emnist-letters-train-images-idx3-ubyte"
      })
  void namesInUseAreRecognised(String name) throws IOException {
    Files.write(folder.resolve(name), idx(pixels(8), 2, 2, 2));
    Files.write(
        folder.resolve(name.replace("images", "labels").replace("idx3", "idx1")),
        idx(new byte[] {1, 2}, 2));

    assertThat(DatasetFiles.label(Datasets.open(folder.toString()), 1)).isEqualTo(2);
  }

  @Test
  void theTestSplitIsReadFromItsOwnFiles() throws IOException {
    idxFolder(folder, 1, 2, 3);
    Files.write(folder.resolve("t10k-images-idx3-ubyte"), idx(pixels(4), 1, 2, 2));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), idx(new byte[] {9}, 1));
    Dataset dataset = Datasets.open(folder + "?split=test");

    assertThat(ids(dataset)).containsExactly("test/00000");
    assertThat(DatasetFiles.label(dataset, 0)).isEqualTo(9);
    assertThat(Datasets.open(folder + "?split=train").size()).isEqualTo(3);
  }

  @Test
  void idsAndLabelsSurviveFilters() throws IOException {
    idxFolder(folder, 0, 1, 2, 1, 0, 1);
    Files.writeString(folder.resolve("classes.txt"), "cat\ndog\nRed fox \n\n");
    Dataset all = Datasets.open("idx:" + folder);
    Dataset some = Datasets.open("idx:" + folder + "?classes=dog,Red fox&limit=3");

    assertThat(ids(some)).containsExactly("train/00001", "train/00002", "train/00003");
    assertThat(some.classNames()).containsExactly("cat", "dog", "Red fox");
    assertThat(DatasetFiles.className(some, 1)).isEqualTo("Red fox");
    for (int i = 0; i < 3; i++) {
      assertThat(DatasetFiles.label(some, i)).isEqualTo(DatasetFiles.label(all, i + 1));
      assertThat(read(some, i)).containsExactly(read(all, i + 1));
    }
  }

  @Test
  void gzippedAndPlainFilesGiveTheSameFingerprint(@TempDir Path elsewhere) throws IOException {
    idxFolder(folder, 3, 1, 4);
    for (String name : List.of(IMAGES, LABELS)) {
      // Compressed whatever its name: the content is looked at.
      Files.write(elsewhere.resolve(name), gzip(Files.readAllBytes(folder.resolve(name))));
    }

    assertThat(Datasets.open(elsewhere.toString()).fingerprint())
        .isEqualTo(Datasets.open(folder.toString()).fingerprint())
        .matches("[0-9a-f]{64}");
  }

  @Test
  void ofAFileAndItsGzippedCopyThePlainOneIsRead() throws IOException {
    idxFolder(folder, 3, 1, 4);
    Files.write(folder.resolve(IMAGES + ".gz"), gzip(idx(pixels(9), 1, 3, 3)));

    assertThat(Datasets.open(folder.toString()).size()).isEqualTo(3);
  }

  @Test
  void everythingThatDecidesTheNumbersDecidesTheFingerprint() throws IOException {
    idxFolder(folder, 3, 1, 4);
    Dataset all = Datasets.open(folder.toString());
    assertThat(Datasets.open("idx:" + folder + "?limit=3&size=3&channels=1").fingerprint())
        .as("options without effect")
        .isEqualTo(all.fingerprint());
    List<String> fingerprints =
        Stream.of("", "?limit=2", "?classes=1,4", "?size=2", "?channels=3")
            .map(options -> Datasets.open(folder + options).fingerprint())
            .toList();
    assertThat(fingerprints).doesNotHaveDuplicates();

    byte[] images = Files.readAllBytes(folder.resolve(IMAGES));
    images[images.length - 1] ^= 1;
    Files.write(folder.resolve(IMAGES), images);
    assertThat(Datasets.open(folder.toString()).fingerprint())
        .as("one pixel changed")
        .isNotEqualTo(all.fingerprint());

    idxFolder(folder, 3, 1, 5);
    assertThat(Datasets.open(folder.toString()).fingerprint())
        .as("one label changed")
        .isNotEqualTo(all.fingerprint());
  }

  @Test
  void channelsAreRepeatedAndSizesChanged() throws IOException {
    byte[] values = {0, 50, 100, (byte) 150};
    Files.write(folder.resolve(IMAGES), idx(values, 1, 2, 2));
    Dataset colour = Datasets.open(folder + "?channels=3");
    Dataset small = Datasets.open(folder + "?size=1&channels=3");

    assertThat(colour.shape()).isEqualTo(new ImageShape(3, 2, 2));
    float[] grey = {scaled(0), scaled(50), scaled(100), scaled(150)};
    for (int c = 0; c < 3; c++) {
      assertThat(Arrays.copyOfRange(read(colour, 0), 4 * c, 4 * c + 4)).containsExactly(grey);
    }
    assertThat(read(small, 0)).containsExactly(scaled(75), scaled(75), scaled(75));
  }

  @Test
  void imagesThatAreNotSquareAreCutInTheMiddle() throws IOException {
    byte[] values = {1, 2, 3, 4, 5, 6, 7, 8};
    Files.write(folder.resolve(IMAGES), idx(values, 1, 2, 4));
    Dataset wide = Datasets.open(folder + "?size=2");
    assertThat(read(wide, 0)).containsExactly(scaled(2), scaled(3), scaled(6), scaled(7));

    Files.write(folder.resolve(IMAGES), idx(values, 1, 4, 2));
    Dataset tall = Datasets.open(folder + "?size=2");
    assertThat(read(tall, 0)).containsExactly(scaled(3), scaled(4), scaled(5), scaled(6));
  }
}
