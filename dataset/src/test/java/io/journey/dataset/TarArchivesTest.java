package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.gzip;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.labels;
import static io.journey.dataset.DatasetFiles.png;
import static io.journey.dataset.DatasetFiles.pngBytes;
import static io.journey.dataset.DatasetFiles.read;
import static io.journey.dataset.DatasetFiles.scaled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarArchivesTest {
  @TempDir Path folder;

  private Path write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private static TarBytes catsAndDogs() throws IOException {
    return new TarBytes()
        .entry("./dogs/", '5', "", 0, new byte[0])
        .file("./dogs/rex.png", pngBytes(2, 3, 0x102030))
        .file("README.md", "cats and dogs")
        .file("cats/tom.png", pngBytes(2, 3, 0x405060))
        .file("cats/._tom.png", "what a Mac leaves");
  }

  @Test
  void aPackedFolderIsTheSameSetAsTheFolder(@TempDir Path unpacked) throws IOException {
    png(unpacked.resolve("dogs/rex.png"), 2, 3, 0x102030);
    png(unpacked.resolve("cats/tom.png"), 2, 3, 0x405060);
    Dataset plain = Datasets.open(unpacked.toString());
    Path tar = write("pets.tar", catsAndDogs().finished());
    Path packed = write("pets.tgz", gzip(catsAndDogs().finished()));

    for (Path file : new Path[] {tar, packed}) {
      Dataset dataset = Datasets.open(file.toString());
      assertThat(ids(dataset)).containsExactly("cats/tom.png", "dogs/rex.png");
      assertThat(dataset.classNames()).containsExactly("cats", "dogs");
      assertThat(dataset.fingerprint()).isEqualTo(plain.fingerprint());
      assertThat(read(dataset, 1)).containsExactly(read(plain, 1));
    }
  }

  @Test
  void partsOfASetInOneArchiveAreReadOneAtATime() throws IOException {
    byte[] image = pngBytes(1, 1, 0);
    Path tar =
        write(
            "all.tar",
            new TarBytes()
                .file("train/cat/0.png", image)
                .file("train/dog/0.png", image)
                .file("test/dog/0.png", image)
                .finished());

    Dataset train = Datasets.open(tar.toString());
    assertThat(ids(train)).containsExactly("train/cat/0.png", "train/dog/0.png");
    assertThat(train.classNames()).containsExactly("cat", "dog");
    assertThat(ids(Datasets.open(tar + "?split=test"))).containsExactly("test/dog/0.png");
    assertThat(ids(Datasets.open(tar + "?split=all"))).hasSize(3);
  }

  @Test
  void webDatasetShardsAreLabelledByWhatStandsBesideTheImages() throws IOException {
    write(
        "set/train-000001.tar",
        new TarBytes()
            .file("c.json", "{\"label\": 4}")
            .file("c.png", pngBytes(1, 1, 0xC0C0C0))
            .finished());
    write(
        "set/train-000000.tar",
        new TarBytes()
            .file("a.png", pngBytes(1, 1, 0xA0A0A0))
            .file("a.cls", "2\n")
            .file("a.txt", "a caption")
            .file("b/b.png", pngBytes(1, 1, 0xB0B0B0))
            .file("b/b.json", "{\"cls\": \"0\", \"more\": [1]}")
            .finished());
    write("set/test-000000.tar", new TarBytes().file("z.png", pngBytes(1, 1, 0)).finished());

    Dataset dataset = Datasets.open(folder.resolve("set").toString());
    assertThat(ids(dataset)).containsExactly("a.png", "b/b.png", "c.png");
    assertThat(labels(dataset)).containsExactly(2, 0, 4);
    assertThat(dataset.classNames()).containsExactly("0", "1", "2", "3", "4");
    assertThat(read(dataset, 2)).containsOnly(scaled(0xC0));
    assertThat(ids(Datasets.open(folder.resolve("set") + "?split=test"))).containsExactly("z.png");
  }

  @Test
  void ofTwoImagesOfOneKeyOneMustBeChosen() throws IOException {
    Path tar =
        write(
            "masks.tar",
            new TarBytes()
                .file("a.png", pngBytes(1, 1, 0xA0A0A0))
                .file("a.mask.png", pngBytes(1, 1, 0))
                .file("a.cls", "owl")
                .finished());

    assertRefused(tar.toString(), "two images for the key a", "column=png");
    Dataset masks = Datasets.open(tar + "?column=mask.png");
    assertThat(ids(masks)).containsExactly("a.mask.png");
    assertThat(DatasetFiles.className(masks, 0)).isEqualTo("owl");
    assertRefused(tar + "?column=jpg", "no images with the extension jpg", "a.png");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../out.png", "a/../../out.png", "/etc/out.png", "C:/out.png", "a\\..\\out.png"})
  void namesThatLeadOutAreRefused(String name) throws IOException {
    byte[] image = pngBytes(1, 1, 0);
    Path tar = write("out.tar", new TarBytes().file(name, image).finished());
    assertRefused(tar.toString(), "out.tar", name, "leads out", "pack the images anew");
    Path packed = write("out.tar.gz", gzip(new TarBytes().file(name, image).finished()));
    assertRefused(packed.toString(), "leads out");
  }

  @ParameterizedTest
  @CsvSource({"1, a link", "2, a link", "3, a device", "6, a device"})
  void linksAndDevicesAreRefused(char type, String what) throws IOException {
    Path tar =
        write(
            "link.tar",
            new TarBytes().entry("a.png", type, "/etc/passwd", 0, new byte[0]).finished());
    assertRefused(tar.toString(), "a.png'", what, "plain files");
  }

  @Test
  void sizesThatCannotBeAreRefused() throws IOException {
    byte[] image = pngBytes(1, 1, 0);
    long absurd = 077777777777L; // 8 GB, the most that fits the field
    byte[] bytes = new TarBytes().entry("a.png", '0', "", absurd, image).finished();
    assertRefused(write("a.tar", bytes).toString(), "a.png has 8589934591 bytes", "follow");
    Path packed = write("a.tar.gz", gzip(bytes));
    assertRefused(packed.toString(), "a.tar.gz is a damaged tar file");
    assertRefused("tar:" + packed, "a.png", "8589934591", "single file");
  }

  @Test
  void aLongNameOfGigabytesIsNotRead() throws IOException {
    byte[] bytes = new TarBytes().entry("x", 'L', "", 1 << 30, new byte[3 << 20]).finished();
    assertRefused(write("a.tar", bytes).toString(), "a.tar is a damaged tar", "header");
    assertRefused(write("a.tar.gz", gzip(bytes)).toString(), "a.tar.gz is a damaged tar");
    byte[] pax = new TarBytes().entry("x", 'x', "", 1 << 30, new byte[3 << 20]).finished();
    assertRefused(write("b.tar", pax).toString(), "b.tar is a damaged tar");
  }

  @Test
  void anArchiveCutAnywhereIsRefused() throws IOException {
    byte[] whole = catsAndDogs().finished();
    byte[] packed = gzip(whole);
    for (int length = 0; length < whole.length - 1024; length += 256) {
      assertRefused(write("cut.tar", Arrays.copyOf(whole, length)).toString(), "cut.tar");
    }
    for (int length = 0; length < packed.length; length += packed.length / 20) {
      assertRefused(write("cut.tar.gz", Arrays.copyOf(packed, length)).toString(), "cut.tar.gz");
    }
  }

  @Test
  void whatIsNoArchiveIsRefused() throws IOException {
    byte[] text = "no archive at all, but a long text ".repeat(100).getBytes();
    assertRefused(write("text.tar", text).toString(), "text.tar is a damaged tar file");
    assertRefused(
        write("empty.tar", new TarBytes().finished()).toString(), "empty.tar is an empty archive");
    assertRefused(
        write("tiff.tar", new TarBytes().file("a.tiff", "x").finished()).toString(),
        "a.tiff",
        "convert it");
    byte[] image = pngBytes(1, 1, 0);
    assertRefused(
        write("twice.tar", new TarBytes().file("a.png", image).file("a.png", image).finished())
            .toString(),
        "a.png a second time");
  }

  @Test
  void imagesThatDoNotDecodeAreNamed() throws IOException {
    byte[] bomb = ImageDecoderTest.pngHeader(30_000, 30_000);
    byte[] good = pngBytes(1, 1, 0);
    Path tar = write("bomb.tar", new TarBytes().file("a.png", good).file("b.png", bomb).finished());
    assertRefused(tar.toString(), "bomb.tar: b.png", "30000×30000", "64 million");
    Path text =
        write("text.tar", new TarBytes().file("a.png", good).file("c.jpg", "text").finished());
    assertRefused(text.toString(), "text.tar: c.jpg", "is no PNG, JPEG");
  }

  @Test
  void anArchiveThatChangesWhileItIsReadIsNoticed() throws IOException {
    Path tar = write("pets.tar", catsAndDogs().finished());
    SourceFile source = SourceFile.of(tar);
    Content slice = source.slice(0, 10);
    Files.setLastModifiedTime(tar, FileTime.from(1_000_000_000, TimeUnit.SECONDS));

    assertThatThrownBy(slice::read)
        .hasMessageContaining("has changed since the data set was opened");
  }

  @Test
  void aQuestionMarkIsAName() throws IOException {
    byte[] image = pngBytes(1, 1, 0);
    Path tar = write("q.tar", new TarBytes().file("why?/é?.png", image).finished());
    assertThat(ids(Datasets.open(tar.toString()))).containsExactly("why?/é?.png");
  }

  @Test
  void filesWithoutAnythingAreCalledSo() throws IOException {
    assertRefused(write("0.tar", new byte[0]).toString(), "0.tar is empty, 0 bytes");
    assertRefused(write("0.tar.gz", gzip(new byte[0])).toString(), "0.tar.gz is a damaged tar");
    assertRefused(
        write("t.tar", new TarBytes().file("a.txt", "x").file("b.txt", "y").finished()).toString(),
        "t.tar holds no images, only 2 .txt");
  }
}
