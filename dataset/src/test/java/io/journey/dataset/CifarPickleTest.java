package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.gzip;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.labels;
import static io.journey.dataset.DatasetFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * CIFAR as it is published for Python. The files were made by {@code tools/golden/make_cifar.py}
 * with numpy 2.4.6, which holds them against Python's own pickle; beside them lies the same set in
 * binary.
 */
class CifarPickleTest {
  private static final Path GOLDEN = Path.of("src/test/resources/cifar");
  private static final Path TEN = GOLDEN.resolve("cifar-10-batches");
  private static final Path HUNDRED = GOLDEN.resolve("cifar-100");

  @TempDir Path folder;

  private static void assertSame(String python, String binary) {
    Dataset found = Datasets.open(python);
    Dataset expected = Datasets.open(binary);
    assertThat(ids(found)).isEqualTo(ids(expected));
    assertThat(labels(found)).isEqualTo(labels(expected));
    assertThat(found.classNames()).isEqualTo(expected.classNames());
    for (int i = 0; i < found.size(); i++) {
      assertThat(read(found, i)).containsExactly(read(expected, i));
    }
    assertThat(found.fingerprint()).isEqualTo(expected.fingerprint());
  }

  @Test
  void thePythonReleaseIsTheSameSetAsTheBinaryOne() {
    for (String options : new String[] {"", "?split=test", "?split=all", "?class=class 9"}) {
      assertSame(TEN + "/python" + options, TEN + "/binary" + options);
    }
    for (String options : new String[] {"", "?labels=coarse", "?split=all"}) {
      assertSame(HUNDRED + "/python" + options, HUNDRED + "/binary" + options);
    }
    assertSame(TEN + "/python/data_batch_2", TEN + "/binary/data_batch_2.bin");
    assertSame("cifar:" + HUNDRED + "/python/test", HUNDRED + "/binary/test.bin");
  }

  private Path archive(String name, String inside, Path python, String... files)
      throws IOException {
    TarBytes tar = new TarBytes().entry(inside + "/", '5', "", 0, new byte[0]);
    for (String file : files) {
      tar.file(inside + "/" + file, Files.readAllBytes(python.resolve(file)));
    }
    byte[] bytes = tar.finished();
    return Files.write(folder.resolve(name), name.endsWith("gz") ? gzip(bytes) : bytes);
  }

  @Test
  void theArchivesAsPublishedAreTheSameSet() throws IOException {
    Path ten = TEN.resolve("python");
    String[] tenFiles = {"data_batch_2", "test_batch", "batches.meta", "data_batch_1"};
    for (String name : new String[] {"cifar-10-python.tar.gz", "ten.tar"}) {
      Path file = archive(name, "cifar-10-batches-py", ten, tenFiles);
      assertSame(file.toString(), TEN + "/binary");
      assertSame(file + "?split=test", TEN + "/binary?split=test");
    }
    Path hundred =
        archive(
            "cifar-100-python.tar.gz",
            "cifar-100-python",
            HUNDRED.resolve("python"),
            "train",
            "test",
            "meta");
    assertSame(hundred.toString(), HUNDRED + "/binary");
    assertSame(hundred + "?labels=coarse", HUNDRED + "/binary?labels=coarse");
  }

  static Stream<Path> pickledAgain() throws IOException {
    return Files.list(GOLDEN.resolve("pickled-again")).sorted();
  }

  /** By Python 3 in all its protocols (tools/golden/make_pickles.py). */
  @ParameterizedTest
  @MethodSource("pickledAgain")
  void whatPythonHasPickledAgainIsTheSameSet(Path python) throws IOException {
    assertSame(python + "/data_batch_2", TEN + "/binary/data_batch_2.bin");
    Path file =
        archive("again.tar.gz", "cifar-10-batches-py", python, "batches.meta", "data_batch_2");
    Dataset found = Datasets.open(file.toString());
    assertThat(read(found, 0))
        .containsExactly(read(Datasets.open(TEN + "/binary/data_batch_2.bin"), 0));
  }

  @Test
  void changedBytesOfATextNeverEndInAnythingButASentence() throws IOException {
    for (int protocol : new int[] {0, 2, 5}) {
      Path python = GOLDEN.resolve("pickled-again/protocol-" + protocol + "-bytes-numpy-2");
      byte[] whole = Files.readAllBytes(python.resolve("data_batch_2"));
      Random random = new Random(protocol);
      for (int trial = 0; trial < 1500; trial++) {
        byte[] bytes =
            trial % 5 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        if (bytes.length == whole.length) {
          int place = random.nextInt(trial % 2 == 0 ? 500 : whole.length);
          bytes[place] = (byte) random.nextInt(256);
        }
        Path file = batch(bytes);
        try {
          assertThat(Datasets.open(file.toString()).size()).isEqualTo(1);
        } catch (io.journey.run.JourneyException e) {
          assertThat(e.getMessage()).matches("[^\\n]+\\.");
        }
      }
    }
  }

  @Test
  void otherEncodingsAreNotRun() throws IOException {
    String call = "c_codecs\nencode\n(Vdata\nVrot13\ntR.";
    assertRefused(
        batch(call.getBytes(StandardCharsets.ISO_8859_1)).toString(),
        "_codecs.encode otherwise than Python itself",
        "nothing was run");
  }

  private Path batch(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("data_batch_1"), bytes);
  }

  private static byte[] golden() throws IOException {
    return Files.readAllBytes(TEN.resolve("python/data_batch_1"));
  }

  @Test
  void nothingInAPickleIsRun() throws IOException {
    byte[] call =
        "\u0080\u0002cos\nsystem\nU\u0004exit\u0085R.".getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(batch(call).toString(), "data_batch_1", "os.system", "nothing was run");
  }

  @Test
  void damagedPicklesAreRefused() throws IOException {
    byte[] whole = golden();
    for (int length = 0; length < whole.length; length += 97) {
      assertRefused(batch(Arrays.copyOf(whole, length)).toString(), "data_batch_1");
    }
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    String[][] changes = {
      {"U\u0004data", "U\u0004dada", "no array 'data' of N×3072"},
      {"U\u0006labels", "U\u0006lebels", "no list 'labels' of 2 labels"},
      {"K\u0006K\t", "K\u0006K\n", "label 10, expected 0 to 9"},
      {"U\u0002u1", "U\u0002i1", "array of i1"},
      {"K\u0002M\u0000\u000c", "K\u0003M\u0000\u000c", "claims shape [3, 3072]"},
    };
    for (String[] change : changes) {
      assertThat(text).contains(change[0]);
      byte[] bytes = text.replace(change[0], change[1]).getBytes(StandardCharsets.ISO_8859_1);
      assertRefused(batch(bytes).toString(), "data_batch_1", change[2]);
    }
  }

  @Test
  void changedBytesNeverEndInAnythingButASentence() throws IOException {
    byte[] whole = golden();
    Random random = new Random(14);
    int[] places =
        Stream.iterate(0, i -> i + 1)
            .limit(whole.length)
            .filter(i -> i < 260 || i > whole.length - 40)
            .mapToInt(i -> i)
            .toArray();
    for (int trial = 0; trial < 2000; trial++) {
      byte[] bytes = whole.clone();
      bytes[places[random.nextInt(places.length)]] = (byte) random.nextInt(256);
      Path file = batch(bytes);
      try {
        assertThat(Datasets.open(file.toString()).size()).isBetween(1, 2);
      } catch (io.journey.run.JourneyException e) {
        assertThat(e.getMessage()).matches("[^\\n]+\\.");
      }
    }
  }

  @Test
  void bothReleasesInOneFolderAreRefused() throws IOException {
    batch(golden());
    Files.copy(TEN.resolve("binary/data_batch_2.bin"), folder.resolve("data_batch_2.bin"));
    assertRefused(folder.toString(), "both the binary and the Python release");
  }
}
