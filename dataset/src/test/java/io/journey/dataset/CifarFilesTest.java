package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.gzip;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.labels;
import static io.journey.dataset.DatasetFiles.read;
import static io.journey.dataset.DatasetFiles.scaled;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFilesTest {
  @TempDir Path folder;

  /** Records as the format's page describes them; every pixel of record r is r, its first 200. */
  private static byte[] batch(int labelBytes, int... labels) {
    int record = labelBytes + 3072;
    byte[] bytes = new byte[labels.length / labelBytes * record];
    for (int r = 0; r < labels.length / labelBytes; r++) {
      for (int k = 0; k < labelBytes; k++) {
        bytes[r * record + k] = (byte) labels[r * labelBytes + k];
      }
      Arrays.fill(bytes, r * record + labelBytes, (r + 1) * record, (byte) (10 + r));
      bytes[r * record + labelBytes] = (byte) 200;
    }
    return bytes;
  }

  private static String names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "class " + i).collect(Collectors.joining("\n"))
        + "\n\n";
  }

  private void ten() throws IOException {
    Files.write(folder.resolve("data_batch_1.bin"), batch(1, 9, 3));
    Files.write(folder.resolve("data_batch_2.bin"), batch(1, 0));
    Files.write(folder.resolve("test_batch.bin"), batch(1, 5));
    Files.writeString(folder.resolve("batches.meta.txt"), names(10));
    Files.writeString(folder.resolve("readme.html"), "x");
  }

  @Test
  void batchesOfCifar10AreReadInOrder() throws IOException {
    ten();
    Dataset dataset = Datasets.open(folder.toString());

    assertThat(dataset.shape()).isEqualTo(new ImageShape(3, 32, 32));
    assertThat(ids(dataset)).containsExactly("train/00000", "train/00001", "train/10000");
    assertThat(labels(dataset)).containsExactly(9, 3, 0);
    assertThat(DatasetFiles.className(dataset, 0)).isEqualTo("class 9");
    float[] second = read(dataset, 1);
    assertThat(second[0]).isEqualTo(scaled(200));
    assertThat(Arrays.copyOfRange(second, 1, 3072)).containsOnly(scaled(11));
    assertThat(ids(Datasets.open(folder + "?split=test"))).containsExactly("test/00000");
    assertThat(ids(Datasets.open(folder + "?split=all"))).hasSize(4).endsWith("test/00000");
    assertThat(ids(Datasets.open(folder.resolve("data_batch_2.bin").toString())))
        .containsExactly("train/10000");
  }

  @Test
  void thePublishedArchiveIsTheSameSet() throws IOException {
    ten();
    TarBytes tar = new TarBytes().entry("cifar-10-batches-bin/", '5', "", 0, new byte[0]);
    for (String name :
        new String[] {
          "batches.meta.txt", "data_batch_2.bin", "data_batch_1.bin", "test_batch.bin"
        }) {
      tar.file("cifar-10-batches-bin/" + name, Files.readAllBytes(folder.resolve(name)));
    }
    byte[] bytes = tar.finished();
    Path plain = Files.write(folder.resolve("cifar-10-binary.tar"), bytes);
    Path packed = Files.write(folder.resolve("cifar-10-binary.tar.gz"), gzip(bytes));

    String fingerprint = Datasets.open(folder.toString()).fingerprint();
    assertThat(Datasets.open(plain.toString()).fingerprint()).isEqualTo(fingerprint);
    assertThat(Datasets.open(packed.toString()).fingerprint()).isEqualTo(fingerprint);
  }

  @Test
  void cifar100HasFineAndCoarseLabels() throws IOException {
    Files.write(folder.resolve("train.bin"), batch(2, 19, 99, 4, 30));
    Files.writeString(folder.resolve("coarse_label_names.txt"), names(20));

    Dataset fine = Datasets.open(folder.toString());
    assertThat(labels(fine)).containsExactly(99, 30);
    assertThat(DatasetFiles.className(fine, 0)).isEqualTo("99");
    Dataset coarse = Datasets.open(folder + "?labels=coarse");
    assertThat(labels(coarse)).containsExactly(19, 4);
    assertThat(DatasetFiles.className(coarse, 0)).isEqualTo("class 19");
    assertThat(read(coarse, 1)[1]).isEqualTo(scaled(11));
    assertRefused(folder + "?split=test", "no batches of CIFAR for split=test");
  }

  @Test
  void filesOfAnotherLengthAreRefused() throws IOException {
    Path file = folder.resolve("data_batch_1.bin");
    Files.write(file, Arrays.copyOf(batch(1, 1, 2), 2 * 3073 - 1));
    assertRefused(folder.toString(), "data_batch_1.bin has 6145 bytes", "multiple of the 3073");
    Files.write(file, new byte[0]);
    assertRefused(folder.toString(), "data_batch_1.bin has 0 bytes");
  }

  @Test
  void labelsBeyondTheClassesAreRefused() throws IOException {
    Files.write(folder.resolve("data_batch_1.bin"), batch(1, 1, 10));
    assertRefused(folder.toString(), "image 1 of data_batch_1.bin the label 10", "0 to 9");
  }

  @Test
  void mixedSetsAndOptionsWithoutEffectAreRefused() throws IOException {
    ten();
    assertRefused(folder + "?labels=coarse", "one kind of labels");
    Files.write(folder.resolve("train.bin"), batch(2, 1, 1));
    assertRefused(folder.toString(), "both CIFAR-10 and CIFAR-100");
    assertRefused(folder + "?column=x", "no option column");
  }
}
