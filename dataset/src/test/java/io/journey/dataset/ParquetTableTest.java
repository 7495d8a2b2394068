package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.labels;
import static io.journey.dataset.DatasetFiles.read;
import static io.journey.dataset.DatasetFiles.scaled;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files were written by pyarrow and datasets (tools/golden/make_parquet.py). */
class ParquetTableTest {
  private static final Path FILES = Path.of("src/test/resources/parquet");

  @TempDir Path folder;
  private final JsonNode truth = Json.read(FILES.resolve("pixels.json"));

  private void assertPicture(Dataset dataset, int index, int picture) {
    float[] values = read(dataset, index);
    JsonNode expected = truth.get("pixels").get(picture);
    assertThat(values).hasSize(expected.size());
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).as("number " + i).isEqualTo(scaled(expected.get(i).asInt()));
    }
  }

  @Test
  void aSetFromTheHubIsReadWithItsClasses() {
    Dataset dataset = Datasets.open(FILES.resolve("hub").toString());

    assertThat(dataset.shape()).isEqualTo(new ImageShape(3, 5, 5));
    assertThat(dataset.classNames()).containsExactly("cat", "dog", "eel");
    assertThat(labels(dataset)).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(ids(dataset))
        .startsWith("train-00000-of-00002/00000")
        .endsWith("train-00001-of-00002/00002");
    IntStream.range(0, 6).forEach(i -> assertPicture(dataset, i, i));
    assertThat(ids(Datasets.open(FILES.resolve("hub") + "?split=test")))
        .containsExactly("test-00000-of-00001/00000");
    assertRefused(FILES.resolve("hub") + "?split=validation", "split=train, split=test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "gzip", "zstd-v2", "lz4", "delta"})
  void everyWayOfStoringGivesTheSamePictures(String name) {
    Dataset dataset = Datasets.open(FILES.resolve("plain").resolve(name + ".parquet").toString());

    assertThat(dataset.size()).isEqualTo(6);
    assertThat(labels(dataset)).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(dataset.classNames()).containsExactly("0", "1", "2");
    IntStream.range(0, 6).forEach(i -> assertPicture(dataset, i, i));
  }

  @Test
  void everyPictureIsFoundAgainOutOfOrder() {
    for (String name : new String[] {"gzip", "zstd-v2", "lz4"}) {
      DatasetSpec spec =
          DatasetSpec.parse(FILES.resolve("plain").resolve(name + ".parquet").toString());
      Listing listing = ParquetTable.list(spec);
      for (int i : new int[] {5, 0, 3, 1, 4, 2, 5}) {
        Pixels pixels = listing.examples().get(i).image().decode(Transformations.Orient.STORED);
        float[] values = new float[75];
        pixels.read(values, 0);
        assertThat(values[7]).isEqualTo(scaled(truth.get("pixels").get(i).get(7).asInt()));
      }
    }
  }

  @Test
  void classesInWordsAreNumberedInTheirOrder() {
    Dataset dataset = Datasets.open(FILES.resolve("words.parquet").toString());

    assertThat(dataset.classNames()).containsExactly("ant", "owl");
    assertThat(labels(dataset)).containsExactly(1, -1, 0);
  }

  @Test
  void amongSeveralColumnsOneMustBeChosen() {
    String two = FILES.resolve("two.parquet").toString();
    assertRefused(two, "image, mask", "column=image");
    assertPicture(Datasets.open(two + "?column=mask"), 1, 3);
    assertRefused(two + "?column=label", "no column of images named label", "mask (binary)");
    assertRefused(two + "?column=mask&label=kind", "no column kind", "label");
  }

  @Test
  void aFileWithoutImagesIsRefused() {
    assertRefused(
        FILES.resolve("no-images.parquet").toString(),
        "no column of images",
        "text (text)",
        "n (int64)");
  }

  @Test
  void aGapIsNamed() {
    assertRefused(FILES.resolve("gap.parquet").toString(), "gap/00001", "no bytes of an image");
  }

  @Test
  void anUnknownCompressionIsNamed() {
    assertRefused(FILES.resolve("plain/brotli.parquet").toString(), "BROTLI", "snappy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-rows", "no-groups"})
  void aFileWithoutRowsSaysSo(String name) throws IOException {
    Path file = FILES.resolve(name + ".parquet");
    assertRefused(file + "?column=image", name + ".parquet holds no rows");

    Files.copy(file, folder.resolve("a.parquet"));
    Files.copy(FILES.resolve("two.parquet"), folder.resolve("b.parquet"));
    assertThat(ids(Datasets.open(folder + "?column=image")))
        .as("beside a file with rows")
        .containsExactly("b/00000", "b/00001");
  }

  @Test
  void aFileWithoutBytesSaysSo() throws IOException {
    assertRefused(copy(new byte[0]).toString(), "copy.parquet is empty, it has no bytes");
  }

  /** The parser says "java.io.EOFException" of a page header that goes on beyond its column. */
  @Test
  void aPageHeaderThatEndsTooEarlyIsToldInWords() throws IOException {
    byte[] bytes = Files.readAllBytes(FILES.resolve("hub/data/train-00001-of-00002.parquet"));
    bytes[182] = (byte) 0x80; // a size of many digits, so that the header goes on
    assertRefused(copy(bytes).toString(), "a damaged Parquet file (it ends too early)");
  }

  /** Whatever one byte of a page header is changed to, no sentence speaks of Java. */
  @Test
  void noReasonIsAClassOfJava() throws IOException {
    byte[] whole = whole("none");
    for (int i = 4; i < 64; i++) {
      for (int value : new int[] {0x00, 0x15, 0x7F, 0x80, 0xFF}) {
        byte[] bytes = whole.clone();
        bytes[i] = (byte) value;
        try {
          Datasets.open(copy(bytes).toString());
        } catch (JourneyException e) {
          assertThat(e.getMessage())
              .as("byte %d is %d", i, value)
              .doesNotContain("Exception", "Index ");
        }
      }
    }
  }

  private Path copy(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("copy.parquet"), bytes);
  }

  private static byte[] whole(String name) throws IOException {
    return Files.readAllBytes(FILES.resolve("plain").resolve(name + ".parquet"));
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    byte[] whole = whole("snappy");
    for (int length = 50; length < whole.length; length += 50) {
      assertRefused(copy(Arrays.copyOf(whole, length)).toString(), "copy.parquet is a damaged");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100_000, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
  void aFooterThatLiesAboutItsLengthIsRefused(int length) throws IOException {
    byte[] bytes = whole("snappy");
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 8, length);
    assertRefused(copy(bytes).toString(), "copy.parquet is a damaged");
  }

  /** Each byte opens a structure within the one before; no file that is meant well does so. */
  @ParameterizedTest
  @ValueSource(ints = {0x1C, 0x19})
  void aFooterNestedWithoutEndIsOneSentence(int opens) throws IOException {
    byte[] footer = new byte[4 << 20];
    // A structure in a structure, or a list of one list of one list.
    Arrays.fill(footer, (byte) opens);
    ByteBuffer file = ByteBuffer.allocate(footer.length + 12).order(ByteOrder.LITTLE_ENDIAN);
    file.put("PAR1".getBytes(StandardCharsets.US_ASCII)).put(footer).putInt(footer.length);
    file.put("PAR1".getBytes(StandardCharsets.US_ASCII));
    assertRefused(
        copy(file.array()).toString(), "copy.parquet is a damaged Parquet file", "too deep");
  }

  /** Whatever one byte is changed to: a set, or one sentence; no other error, nothing endless. */
  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd-v2", "delta"})
  void anyDamagedByteGivesASetOrASentence(String name) throws IOException {
    byte[] whole = whole(name);
    int refused = 0;
    for (int i = 0; i < whole.length; i++) {
      byte[] bytes = whole.clone();
      bytes[i] ^= (byte) (i % 3 == 0 ? 0xFF : i % 3 == 1 ? 0x80 : 0x11);
      try {
        Datasets.open(copy(bytes).toString());
      } catch (JourneyException e) {
        assertThat(e.getMessage()).as("byte " + i).matches("[^\\n]+\\.");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 4);
  }
}
