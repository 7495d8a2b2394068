package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.png;
import static io.journey.dataset.DatasetFiles.read;
import static io.journey.dataset.DatasetFiles.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets that do not fit into memory: the same numbers, read when they are asked for. */
class LazyReadingTest {
  @TempDir Path folder;

  private IndexedDataset open(String options, long budget) {
    DatasetSpec spec = DatasetSpec.parse(folder + options);
    Listing listing = ImageFolder.list(spec);
    List<StoredExample> examples = spec.selection().select(listing, spec.text());
    return (IndexedDataset)
        IndexedDataset.open(spec, listing.withExamples(examples), budget, Progress.SILENT);
  }

  @Test
  void whatIsNotKeptIsReadAgainWithTheSameNumbers() throws IOException {
    BufferedImage grey = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 20; i++) {
      grey.getRaster().setSample(i % 4, i / 8, 0, 10 * i);
      if (i < 15) {
        save(folder.resolve("a/" + (10 + i) + ".png"), grey);
      } else {
        png(folder.resolve("b/" + (10 + i) + ".png"), 4, 4, 0x070103 * i);
      }
    }
    for (String options : new String[] {"", "?size=3", "?flip=horizontal&size=7"}) {
      IndexedDataset all = open(options, Long.MAX_VALUE);
      IndexedDataset none = open(options, 0);
      IndexedDataset some = open(options, 16 * 10);

      assertThat(all.keptCount()).isEqualTo(20);
      assertThat(none.keptCount()).isZero();
      assertThat(some.keptCount()).isBetween(0, 10);
      assertThat(none.fingerprint()).isEqualTo(all.fingerprint()).isEqualTo(some.fingerprint());
      assertThat(none.shape().channels()).isEqualTo(3);
      for (int i = 0; i < 20; i++) {
        assertThat(read(none, i)).containsExactly(read(all, i));
        assertThat(read(some, i)).containsExactly(read(all, i));
      }
    }
  }

  @Test
  void anImageThatChangesIsNoticed() throws IOException {
    png(folder.resolve("a.png"), 4, 4, 0);
    IndexedDataset dataset = open("", 0);
    png(folder.resolve("a.png"), 5, 4, 0);

    assertThatThrownBy(() -> read(dataset, 0))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll("a.png", "changed since");
  }

  /** 3000 images of 48 KiB are over three times the heap; failing means OutOfMemoryError. */
  @Test
  void aSetThreeTimesTheHeapIsReadByFourThreads() throws Exception {
    Path tar = folder.resolve("large.tar");
    LargeSet.write(tar, 3000);
    assertReadInto40MB(tar, 3000);
  }

  /** Packed, they are unpacked to the disk: 1000 of them are more than the heap. */
  @Test
  void aPackedSetLargerThanTheHeapIsReadByFourThreads() throws Exception {
    Path tar = folder.resolve("large.tar.gz");
    LargeSet.write(tar, 1000);
    assertReadInto40MB(tar, 1000);
  }

  private void assertReadInto40MB(Path tar, int count) throws Exception {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    Process reader =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                LargeSet.class.getName(),
                tar.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(reader.waitFor()).as(said).isZero();
    Matcher result = Pattern.compile("(\\d+) right, (\\d+) kept\\s*").matcher(said);
    assertThat(result.matches()).as(said).isTrue();
    assertThat(Integer.parseInt(result.group(1))).isEqualTo(count);
    // A quarter of 40 MB at most, and of that most is used.
    assertThat(Integer.parseInt(result.group(2))).isBetween(100, (10 << 20) / (3 * 128 * 128));
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whatIsSpilledIsReadAgain() throws IOException {
    Spill spill = new Spill(folder, 10);
    Content first = spill.keep(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    Content second = spill.keep(new byte[] {9, 10, 11});
    Content third = spill.keep(new byte[] {12});
    Content fourth = spill.keep(new byte[] {13, 14});

    assertThat(first.read()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(fourth.read()).containsExactly(13, 14);
    assertThat(second.read()).containsExactly(9, 10, 11);
    assertThat(third.read()).containsExactly(12);
  }
}
