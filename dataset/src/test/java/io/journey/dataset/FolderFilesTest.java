package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.png;
import static io.journey.dataset.DatasetFiles.pngBytes;
import static io.journey.dataset.DatasetFiles.read;
import static io.journey.dataset.DatasetFiles.save;
import static io.journey.dataset.DatasetFiles.scaled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in folders of pictures beside good pictures: other files, bad ones, links, pipes. */
class FolderFilesTest {
  @TempDir Path folder;

  private void two() throws IOException {
    png(folder.resolve("cats/tom.png"), 2, 2, 0x405060);
    png(folder.resolve("dogs/rex.png"), 2, 2, 0x102030);
  }

  private void bad() throws IOException {
    two();
    png(folder.resolve("cats/zoe.png"), 2, 2, 0x808080);
    Files.writeString(folder.resolve("cats/kit.png"), "no picture");
    Files.write(folder.resolve("dogs/cut.png"), new byte[0]);
    Files.writeString(folder.resolve("dogs/pug.heic"), "x");
    Files.createSymbolicLink(folder.resolve("dogs/gone.png"), folder.resolve("none"));
  }

  @Test
  void allBadFilesAreNamedAtOnce() throws IOException {
    bad();
    assertRefused(
        folder.toString(),
        "Only 3 of the 7 images",
        "not cats/kit.png, dogs/cut.png, dogs/gone.png, dogs/pug.heic; ",
        "cats/kit.png is no PNG",
        "skip=unreadable leaves out");
  }

  @Test
  void unreadableImagesAreSkippedAndNamed() throws IOException {
    bad();
    Dataset set = Datasets.open(folder + "?skip=unreadable");

    assertThat(ids(set)).containsExactly("cats/tom.png", "cats/zoe.png", "dogs/rex.png");
    assertThat(set.notes().skipped().keySet())
        .containsExactly("cats/kit.png", "dogs/cut.png", "dogs/gone.png", "dogs/pug.heic");
    assertThat(set.notes().skipped().get("dogs/gone.png")).contains("leads nowhere");
    assertThat(set.describe().toString())
        .isEqualTo(
            "{\"transformations\":[\"orient=upright\"],\"skipped\":[\"cats/kit.png\",\"dogs/cut.png\","
                + "\"dogs/gone.png\",\"dogs/pug.heic\"]}");
    assertThat(Subset.of(set, 1).describe()).isEqualTo(set.describe());
    for (String name : set.notes().skipped().keySet()) {
      Files.delete(folder.resolve(name));
    }
    Dataset good = Datasets.open(folder.toString());
    assertThat(set.fingerprint()).isEqualTo(good.fingerprint());
    assertThat(read(set, 1)).containsExactly(read(good, 1));
    assertThat(good.describe().has("skipped")).isFalse();
  }

  @Test
  void whatIsSkippedDoesNotDependOnMemoryOrColour() throws IOException {
    BufferedImage grey = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 30; i++) {
      save(folder.resolve(String.format("%02d.png", i)), grey);
    }
    png(folder.resolve("29.png"), 2, 2, 0xFF0000);
    String good = Datasets.open(folder + "?id!=00.png,17.png").fingerprint();
    Files.writeString(folder.resolve("00.png"), "x");
    Files.writeString(folder.resolve("17.png"), "x");
    DatasetSpec spec = DatasetSpec.parse(folder + "?skip=unreadable");
    for (long budget : new long[] {0, 50, Long.MAX_VALUE}) {
      Dataset set =
          IndexedDataset.open(spec, ImageFolder.list(spec), budget, io.journey.run.Progress.SILENT);
      assertThat(set.fingerprint()).isEqualTo(good);
      assertThat(set.size()).isEqualTo(28);
      assertThat(read(set, 27)[0]).isEqualTo(scaled(255));
    }
  }

  @Test
  void whereNothingIsLeftThereIsNoSet() throws IOException {
    Files.writeString(folder.resolve("a.png"), "x");
    Files.writeString(folder.resolve("b.png"), "x");
    assertRefused(folder + "?skip=unreadable", "None of the 2 images", "a.png, b.png");
  }

  @Test
  void lineEndsInNamesAreWrittenOut() throws IOException {
    two();
    Files.writeString(folder.resolve("cats/a\nb.png"), "x");
    assertRefused(folder.toString(), "cats/a\\u000ab.png is no PNG");
    Files.writeString(folder.resolve("cats/c\rd.png"), "x");
    assertRefused(folder.toString(), "not cats/a\\u000ab.png, cats/c\\u000dd.png; ");
    assertThat(Datasets.open(folder + "?skip=unreadable").notes().skipped())
        .containsOnlyKeys("cats/a\nb.png", "cats/c\rd.png");
  }

  @Test
  void badFilesCanBeLeftOutByTheirIds() throws IOException {
    bad();
    String ids = "cats/kit.png,dogs/cut.png,dogs/gone.png,dogs/pug.heic";
    assertThat(Datasets.open(folder + "?id!=" + ids).size()).isEqualTo(3);
  }

  @Test
  void archivesSkipTheSameWay() throws IOException {
    TarBytes tar =
        new TarBytes()
            .file("cats/tom.png", pngBytes(2, 2, 0x405060))
            .file("cats/kit.png", "no picture")
            .file("dogs/rex.png", pngBytes(2, 2, 0x102030))
            .file("dogs/pug.tiff", "x")
            .file("dogs/notes.yaml", "x")
            .file("__MACOSX/dogs/rex.png", "x");
    Path file = Files.write(folder.resolve("pets.tar"), tar.finished());
    assertRefused(file.toString(), "Only 2 of the 4", "not cats/kit.png, dogs/pug.tiff");

    Dataset set = Datasets.open(file + "?skip=unreadable");
    Files.delete(file);
    two();
    assertThat(set.fingerprint()).isEqualTo(Datasets.open(folder.toString()).fingerprint());
    assertThat(set.notes().passedOver()).isEqualTo(Map.of(".yaml", 1, "__MACOSX/", 1));
  }

  @Test
  void rowsOfParquetWithoutAPictureAreSkipped() {
    String gap = "src/test/resources/parquet/gap.parquet";
    assertRefused(gap, "gap/00001", "only a gap or a path", "skip=unreadable");
    Dataset set = Datasets.open(gap + "?skip=unreadable");
    assertThat(ids(set)).containsExactly("gap/00000");
    assertThat(set.notes().skipped()).containsOnlyKeys("gap/00001");
  }

  @Test
  void foreignFilesArePassedOverAndCounted() throws IOException {
    two();
    for (String name :
        new String[] {"a.caption", "b.caption", "c.xml", "d.yaml", "e.toml", "LICENSE", "f.pdf"}) {
      Files.writeString(folder.resolve("cats/" + name), "some text that is no picture");
    }
    png(folder.resolve("cats/@eaDir/tom.png/SYNOPHOTO_THUMB_S.png"), 1, 1, 0);
    png(folder.resolve("__MACOSX/cats/tom.png"), 1, 1, 0);
    Dataset set = Datasets.open(folder.toString());

    assertThat(ids(set)).containsExactly("cats/tom.png", "dogs/rex.png");
    assertThat(set.notes().passedOver())
        .isEqualTo(
            Map.of(
                ".caption",
                2,
                ".xml",
                1,
                ".yaml",
                1,
                ".toml",
                1,
                ".pdf",
                1,
                "no ending",
                1,
                "@eaDir/",
                1,
                "__MACOSX/",
                1));
  }

  @Test
  void aPictureUnderAnotherNameIsNotPassedOver() throws IOException {
    two();
    Files.copy(folder.resolve("cats/tom.png"), folder.resolve("cats/tom"));
    assertRefused(folder.toString(), "cats/tom holds a picture (PNG)", "rename it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tif", "avif", "jxl", "psd", "cr2", "ppm", "ico", "HEIC"})
  void formatsThatAreNotReadAreNotPassedOver(String ending) throws IOException {
    two();
    Files.writeString(folder.resolve("cats/a." + ending), "x");
    assertRefused(folder.toString(), "a." + ending, "format that is not read");
  }

  @ParameterizedTest
  @CsvSource({"apng, png", "jpe, jpg", "jfif, jpg", "mpo, jpg", "dib, bmp", "JPEG, jpg"})
  void otherEndingsOfTheFormatsThatAreReadAreRead(String ending, String format) throws IOException {
    BufferedImage image = DatasetFiles.plain(BufferedImage.TYPE_INT_RGB, 8, 8, 0xFFFFFF);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, format, bytes);
    if (ending.equals("mpo")) { // several JPEG files one behind the other
      bytes.writeBytes(bytes.toByteArray());
    }
    Files.write(folder.resolve("a." + ending), bytes.toByteArray());
    Dataset set = Datasets.open(folder.toString());

    assertThat(ids(set)).containsExactly("a." + ending);
    assertThat(read(set, 0)).containsOnly(1);
  }

  @Test
  void aPipeIsNoImage() throws Exception {
    two();
    Path pipe = folder.resolve("cats/pipe.png");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(new ProcessBuilder("mkfifo", folder + "/cats/pipe").start().waitFor()).isZero();
    assertThat(new ProcessBuilder("mkfifo", folder + "/p.tar").start().waitFor()).isZero();
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          assertRefused(
              folder.toString(), pipe + " is a pipe, socket or device", "expected a file");
          assertThat(Datasets.open(folder + "?skip=unreadable").size()).isEqualTo(2);
          assertRefused(folder + "/p.tar", "p.tar is a pipe, socket or device");
          assertRefused("cifar:" + folder + "/p.tar", "p.tar is a pipe, socket or device");
          assertRefused("parquet:" + folder + "/p.tar", "p.tar is a pipe, socket or device");
        });
  }

  @Test
  void linksOutOfTheFolderAreFollowedWhenTheUserSaysSo(@TempDir Path elsewhere) throws IOException {
    two();
    String plain = Datasets.open(folder.toString()).fingerprint();
    Path blob = Files.move(folder.resolve("cats/tom.png"), elsewhere.resolve("3f5a"));
    Path link = Files.createSymbolicLink(folder.resolve("cats/tom.png"), blob);
    assertRefused(
        folder.toString(),
        "The link "
            + link
            + " would leave the data set, to "
            + blob.toRealPath()
            + ": add links=follow to read what it leads to, or copy the file.");
    Path dogs = Files.move(folder.resolve("dogs"), elsewhere.resolve("dogs"));
    Files.createSymbolicLink(folder.resolve("dogs"), dogs);
    assertRefused(
        folder.toString(),
        "The link "
            + link
            + " and 1 other link would leave the data set, the first to "
            + blob.toRealPath()
            + ": add links=follow to read what they lead to, or copy the files.");

    Dataset set = Datasets.open(folder + "?links=follow");
    assertThat(set.fingerprint()).isEqualTo(plain);
    assertThat(set.notes().links()).isEqualTo(1);
    assertThat(set.notes().repeated()).isZero();
  }

  @Test
  void linksThatGoRoundEndInASentence(@TempDir Path elsewhere) throws IOException {
    two();
    Path round = Files.createSymbolicLink(folder.resolve("cats/round"), folder);
    assertRefused(folder + "?links=follow", round.toString(), "the same folder", "count twice");
    Files.delete(round);

    Path outside = Files.createDirectories(elsewhere.resolve("a"));
    png(outside.resolve("x.png"), 2, 2, 0);
    Files.createSymbolicLink(outside.resolve("b"), outside);
    Files.createSymbolicLink(folder.resolve("a"), outside);
    assertRefused(folder + "?links=follow", "the same folder by a link");
    Files.delete(outside.resolve("b"));
    Files.createSymbolicLink(folder.resolve("b"), outside);
    assertRefused(folder + "?links=follow", "the same folder by a link");

    Path self = Files.createSymbolicLink(folder.resolve("cats/self.png"), Path.of("self.png"));
    Files.delete(folder.resolve("b"));
    assertRefused(folder + "?links=follow", self.toString(), "leads nowhere");
  }

  @Test
  void imagesThatAreReadTwiceAreCounted() throws IOException {
    two();
    Files.createSymbolicLink(folder.resolve("dogs/tom.png"), folder.resolve("cats/tom.png"));
    Dataset set = Datasets.open(folder.toString());

    assertThat(set.size()).isEqualTo(3);
    assertThat(set.notes().links()).isEqualTo(1);
    assertThat(set.notes().repeated()).isEqualTo(1);
  }
}
