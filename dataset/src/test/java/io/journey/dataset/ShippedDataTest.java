package io.journey.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.run.Checksums;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The checksums were computed from the published files, outside this project. */
class ShippedDataTest {
  private static final Path FOLDER = Path.of("..", "data", "fashion-mnist");
  private static final String FIRST_IMAGE =
      "5bd44e331a6d6998daf675700cd0c13dcd7af8ab954b7585124124da61459e7b";
  private static final String ALL_IMAGES =
      "6c59094797e4bc9e7232843d7bf5085c15b67423354dab959246e3e5faa16517";
  private static final String ALL_LABELS =
      "da01741fd7f7b6c457c1145f1c3363c543fd89efe01e31ff93c18850342e776b";

  private final Dataset dataset = Datasets.open(FOLDER.toString());

  @Test
  void thereAre200ImagesOfEachOf10Classes() {
    int[] counts = new int[10];
    for (int i = 0; i < dataset.size(); i++) {
      counts[DatasetFiles.label(dataset, i)]++;
    }

    assertThat(dataset.size()).isEqualTo(2000);
    assertThat(dataset.shape()).isEqualTo(new ImageShape(1, 28, 28));
    assertThat(counts).containsOnly(200);
    assertThat(dataset.classNames()).hasSize(10).startsWith("T-shirt/top").endsWith("Ankle boot");
    assertThat(DatasetFiles.className(dataset, 0)).isEqualTo("Ankle boot");
    assertThat(dataset.id(1999)).isEqualTo("train/01999");
  }

  @Test
  void theFirstImageIsTheFirstPublishedOne() {
    byte[] bytes = new byte[784];
    float[] values = DatasetFiles.read(dataset, 0);
    for (int i = 0; i < 784; i++) {
      bytes[i] = (byte) Math.round((values[i] + 1) * 127.5);
    }

    assertThat(HexFormat.of().formatHex(Checksums.sha256().digest(bytes))).isEqualTo(FIRST_IMAGE);
  }

  @Test
  void contentIsThatOfThePublishedFiles() throws IOException {
    assertThat(hash("train-images-idx3-ubyte.gz", 16)).isEqualTo(ALL_IMAGES);
    assertThat(hash("train-labels-idx1-ubyte.gz", 8)).isEqualTo(ALL_LABELS);
  }

  private static String hash(String name, int header) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(FOLDER.resolve(name)))) {
      in.skipNBytes(header);
      return HexFormat.of().formatHex(Checksums.sha256().digest(in.readAllBytes()));
    }
  }

  /** Of version 0.1.0 as first published: runs made with it must find their data again. */
  @Test
  void theFingerprintIsThatOfEarlierRuns() {
    assertThat(dataset.fingerprint())
        .isEqualTo("601c6428f3871714c69330ab8762f1852d8fa714214ce8a10fac5a9979b2e3fd");
    assertThat(Datasets.open(FOLDER + "?size=16").fingerprint())
        .isEqualTo("73dcb23be6ad03a05b4279ed75d74f40445e332cabcfdef3334bd378442dfdb3");
    assertThat(Datasets.open(FOLDER + "?size=8&classes=Bag&limit=7&channels=3").fingerprint())
        .isEqualTo("4bbefc97ed1ae9338b4d61089986174bc6a4a799b0312f333324ad094f9cf133");
  }

  @Test
  void originalPositionsRiseAndNumberEveryImage() throws IOException {
    List<Integer> positions =
        Files.readAllLines(FOLDER.resolve("original-index.txt")).stream()
            .map(Integer::valueOf)
            .toList();

    assertThat(positions).hasSize(2000).doesNotHaveDuplicates().isSorted().startsWith(0, 1, 2);
    assertThat(positions.get(1999)).isEqualTo(2084);
  }

  @Test
  void itStaysSmall() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }

    assertThat(bytes).isLessThan(1_200_000);
    assertThat(FOLDER.resolve("LICENSE")).content().contains("Zalando SE", "MIT License");
  }
}
