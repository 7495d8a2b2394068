package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.IMAGES;
import static io.journey.dataset.DatasetFiles.LABELS;
import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.gzip;
import static io.journey.dataset.DatasetFiles.idx;
import static io.journey.dataset.DatasetFiles.idxFolder;
import static io.journey.dataset.DatasetFiles.pixels;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failure here means that damaged files were taken for data, or ended in a stack trace. */
class DamagedIdxTest {
  @TempDir Path folder;

  @BeforeEach
  void threeImages() throws IOException {
    idxFolder(folder, 1, 2, 3);
  }

  private void images(byte[] content) throws IOException {
    Files.write(folder.resolve(IMAGES), content);
  }

  private void labels(byte[] content) throws IOException {
    Files.write(folder.resolve(LABELS), content);
  }

  private void refused(String... parts) {
    assertRefused("idx:" + folder, parts);
  }

  @Test
  void imagesCutShortAreRefused() throws IOException {
    images(Arrays.copyOf(idx(pixels(27), 3, 3, 3), 16 + 20));
    refused(IMAGES, "ends inside image 2", "promises 3");
  }

  @Test
  void damageBehindTheLimitIsRefusedToo() throws IOException {
    images(Arrays.copyOf(idx(pixels(27), 3, 3, 3), 16 + 20));
    assertRefused("idx:" + folder + "?limit=1", "ends inside image 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 15})
  void aHeaderCutShortIsRefused(int length) throws IOException {
    images(Arrays.copyOf(idx(pixels(27), 3, 3, 3), length));
    refused(
        IMAGES,
        "ends inside its IDX header, after " + (length == 1 ? "1 byte:" : length + " bytes:"));
  }

  @Test
  void labelsInPlaceOfImagesAreRefused() throws IOException {
    images(idx(pixels(27), 27));
    refused(IMAGES, "0x00000801", "expected 0x00000803");
  }

  @Test
  void imagesInPlaceOfLabelsAreRefused() throws IOException {
    labels(idx(pixels(27), 3, 3, 3));
    refused(LABELS, "0x00000803", "expected 0x00000801");
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    images("<html>404 Not Found</html>".getBytes(StandardCharsets.UTF_8));
    refused(IMAGES, "0x3c68746d", "expected 0x00000803");
  }

  @Test
  void anotherNumberOfLabelsIsRefused() throws IOException {
    labels(idx(new byte[] {1, 2}, 2));
    refused(LABELS, "2 labels", "3 images");
  }

  @Test
  void labelsCutShortAreRefused() throws IOException {
    labels(Arrays.copyOf(idx(new byte[] {1, 2, 3}, 3), 10));
    refused(LABELS, "ends inside the labels", "promises 3");
  }

  @Test
  void bytesBehindTheDataAreRefused() throws IOException {
    images(Arrays.copyOf(idx(pixels(27), 3, 3, 3), 16 + 28));
    refused(IMAGES, "goes on after the 3");
    images(gzip(Arrays.copyOf(idx(pixels(27), 3, 3, 3), 16 + 28)));
    refused(IMAGES, "goes on after the 3");
  }

  @Test
  void bytesBehindTheLabelsAreRefused() throws IOException {
    labels(idx(new byte[] {1, 2, 3, 4}, 3));
    refused(LABELS, "goes on after the 3");
  }

  @Test
  void bytesBehindTheGzipDataAreRefused() throws IOException {
    byte[] packed = gzip(idx(pixels(27), 3, 3, 3));
    images(Arrays.copyOf(packed, packed.length + 1));
    refused(IMAGES, "goes on after the 3");
    images(Arrays.copyOf(packed, packed.length + 100));
    refused(IMAGES, "goes on after the 3");
  }

  @Test
  void gzipDataCutShortIsRefusedWhereverItEnds() throws IOException {
    byte[] packed = gzip(idx(pixels(27), 3, 3, 3));
    for (int length = 2; length < packed.length; length++) {
      images(Arrays.copyOf(packed, length));
      refused(IMAGES);
    }
  }

  @Test
  void gzipDataWithAFlippedByteIsRefused() throws IOException {
    byte[] packed = gzip(idx(pixels(27), 3, 3, 3));
    packed[packed.length - 6] ^= 1; // the checksum
    images(packed);
    refused(IMAGES, "damaged gzip");
  }

  @Test
  void aHeaderThatPromisesTheWorldTakesNoMemory() throws IOException {
    labels(idx(new byte[] {1, 2, 3}, -1));
    images(idx(pixels(27), -1, 3, 3)); // 2^32 − 1 images
    refused(LABELS, "4294967295");
    Files.delete(folder.resolve(LABELS));
    refused(IMAGES, "ends inside image 3", "promises 4294967295");
    images(idx(pixels(27), 3, 0x7FFFFFFF, 0x7FFFFFFF));
    refused(IMAGES, "2147483647×2147483647", "more than 64 million");
    images(idx(pixels(27), 3, 8000, 8000));
    refused(IMAGES, "ends inside image 0");
  }

  @Test
  void labelsThatPromiseTheWorldTakeNoMemory() throws IOException {
    images(idx(pixels(27), Integer.MAX_VALUE, 3, 3));
    labels(idx(new byte[] {1, 2, 3}, Integer.MAX_VALUE));
    refused(LABELS, "ends inside the labels", "promises 2147483647");
  }

  @Test
  void noImagesAreRefused() throws IOException {
    images(idx(new byte[0], 0, 3, 3));
    refused(IMAGES, "0 images");
    images(idx(new byte[0], 3, 0, 3));
    refused(IMAGES, "0×3");
  }

  @Test
  void aLabelWithoutANameIsRefused() throws IOException {
    idxFolder(folder, 1, 2, 10);
    refused(LABELS, "example 2 the label 10", "10 names of classes", "classes.txt");
    idxFolder(folder, 1, 2, 3);
    Files.writeString(folder.resolve("classes.txt"), "cat\ndog\nfox\n");
    refused(LABELS, "example 2 the label 3", "3 names of classes", "classes.txt");
  }

  @Test
  void classNamesMissingOrGivenTwiceAreRefused() throws IOException {
    Path names = folder.resolve("classes.txt");
    Files.writeString(names, "cat\n\ndog\nfox");
    refused("classes.txt has no name in line 2");
    Files.writeString(names, "cat\ndog\ncow\ncat\n");
    refused("classes.txt has 'cat' again in line 4");
    Files.write(names, new byte[] {'a', '\n', (byte) 0xFF, '\n'});
    refused("classes.txt", "UTF-8");
  }

  @Test
  void aClassThatIsNotThereIsRefusedWithThoseThatAre() throws IOException {
    Files.writeString(folder.resolve("classes.txt"), "cat\ndog\nfox\ncow\nbat");
    assertRefused("idx:" + folder + "?classes=dgo", "no class 'dgo'", "cat, dog, fox, cow, bat");
    assertRefused("idx:" + folder + "?classes=bat", "no example of the classes");
    Files.delete(folder.resolve(LABELS));
    assertRefused("idx:" + folder + "?classes=dog", "has no classes");
  }

  @Test
  void aSplitThatIsNotThereIsRefused() {
    assertRefused(folder + "?split=test", folder.toString(), "split=test", "t10k-images-idx3");
  }

  @Test
  void twoSetsInOneFolderAreRefused() throws IOException {
    Files.write(folder.resolve("emnist-" + IMAGES), idx(pixels(9), 1, 3, 3));
    refused("two files of images", "emnist-" + IMAGES + " and " + IMAGES);
  }
}
