package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.png;
import static io.journey.dataset.DatasetFiles.read;
import static io.journey.dataset.DatasetFiles.save;
import static io.journey.dataset.DatasetFiles.scaled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  @TempDir Path folder;

  private static List<String> ids(Dataset dataset) {
    return IntStream.range(0, dataset.size()).mapToObj(dataset::id).toList();
  }

  private void catsAndDogs() throws IOException {
    png(folder.resolve("dogs/rex.png"), 2, 2, 0x102030);
    png(folder.resolve("cats/tom.png"), 2, 2, 0x405060);
    png(folder.resolve("cats/kit.png"), 2, 2, 0x708090);
  }

  @Test
  void foldersAreClassesAndPathsAreIds() throws IOException {
    catsAndDogs();
    Dataset dataset = Datasets.open(folder.toString());

    assertThat(dataset.classNames()).containsExactly("cats", "dogs");
    assertThat(ids(dataset)).containsExactly("cats/kit.png", "cats/tom.png", "dogs/rex.png");
    assertThat(IntStream.range(0, 3).map(i -> DatasetFiles.label(dataset, i)))
        .containsExactly(0, 0, 1);
    assertThat(dataset.shape()).isEqualTo(new ImageShape(3, 2, 2));
    float r = scaled(0x10);
    float g = scaled(0x20);
    float b = scaled(0x30);
    assertThat(read(dataset, 2)).containsExactly(r, r, r, r, g, g, g, g, b, b, b, b);
  }

  @Test
  void aFlatFolderHasNoClasses() throws IOException {
    png(folder.resolve("b.png"), 1, 1, 0);
    save(folder.resolve("a.bmp"), DatasetFiles.plain(BufferedImage.TYPE_INT_RGB, 1, 1, 0));
    Dataset dataset = Datasets.open("images:" + folder);

    assertThat(ids(dataset)).containsExactly("a.bmp", "b.png");
    assertThat(DatasetFiles.label(dataset, 0)).isEqualTo(-1);
    assertThat(dataset.classNames()).isEmpty();
    assertRefused("images:" + folder + "?classes=a", "no class 'a'", "has no classes");
  }

  @Test
  void orderIsThatOfCodePoints() throws IOException {
    assertThat(CodePoints.compare("\uFFFD", "\uD83D\uDE00")).isNegative();
    assertThat(CodePoints.compare("a\uD83D\uDE00", "a\uD83D\uDE01")).isNegative();
    assertThat(CodePoints.compare("a", "a\uD83D\uDE00")).isNegative();
    assertThat(CodePoints.compare("é", "é")).isZero();
    for (String name : List.of("a.png", "B.png", "10.png", "9.png", "a-1.png")) {
      png(folder.resolve(name), 1, 1, 0);
    }
    assertThat(ids(Datasets.open(folder.toString())))
        .containsExactly("10.png", "9.png", "B.png", "a-1.png", "a.png");
  }

  @Test
  void idsAndImagesSurviveFiltersAndAddedFiles() throws IOException {
    catsAndDogs();
    Dataset before = Datasets.open(folder + "?classes=dogs");
    png(folder.resolve("birds/tit.png"), 2, 2, 0xFF);
    png(folder.resolve("cats/a.png"), 2, 2, 0xFF00);
    Dataset after = Datasets.open(folder + "?classes=dogs");

    assertThat(ids(after)).isEqualTo(ids(before)).containsExactly("dogs/rex.png");
    assertThat(read(after, 0)).containsExactly(read(before, 0));
    assertThat(DatasetFiles.className(after, 0)).isEqualTo("dogs");
    assertThat(ids(Datasets.open(folder + "?limit=2")))
        .containsExactly("birds/tit.png", "cats/a.png");
  }

  @Test
  void theFingerprintDoesNotDependOnThePlace(@TempDir Path elsewhere) throws IOException {
    catsAndDogs();
    String here = Datasets.open(folder.toString()).fingerprint();
    Path moved = Files.move(folder.resolve("cats"), elsewhere.resolve("cats")).getParent();
    Files.move(folder.resolve("dogs"), moved.resolve("dogs"));
    assertThat(Datasets.open("images:" + moved).fingerprint()).isEqualTo(here);

    Files.move(moved.resolve("cats/tom.png"), moved.resolve("cats/tim.png"));
    assertThat(Datasets.open("images:" + moved).fingerprint()).isNotEqualTo(here);
  }

  @Test
  void filesThatGoWithImagesAreIgnored() throws IOException {
    catsAndDogs();
    for (String name : List.of("README.md", "labels.csv", "meta.json", "a.txt", ".DS_Store")) {
      Files.writeString(folder.resolve(name), "x");
    }
    Files.createDirectories(folder.resolve(".git"));
    Files.writeString(folder.resolve(".git/HEAD"), "x");
    Files.createDirectories(folder.resolve("empty"));
    Dataset dataset = Datasets.open(folder.toString());

    assertThat(dataset.size()).isEqualTo(3);
    assertThat(dataset.classNames()).containsExactly("cats", "dogs");
  }

  @Test
  void anyColourImageMakesThreeChannels() throws IOException {
    BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 60);
    save(folder.resolve("grey.png"), grey);
    assertThat(Datasets.open(folder.toString()).shape()).isEqualTo(new ImageShape(1, 1, 1));
    assertThat(Datasets.open(folder + "?channels=3").shape().channels()).isEqualTo(3);

    png(folder.resolve("red.png"), 1, 1, 0xFF0000);
    Dataset mixed = Datasets.open(folder.toString());
    assertThat(read(mixed, 0)).containsExactly(scaled(60), scaled(60), scaled(60));
    assertThat(read(mixed, 1)).containsExactly(1, -1, -1);
    Dataset oneChannel = Datasets.open(folder + "?channels=1");
    assertThat(read(oneChannel, 0)).containsExactly(scaled(60));
    assertThat(read(oneChannel, 1)).containsExactly(scaled(76)); // 0.299 · 255 = 76.2
  }

  @Test
  void imagesOfDifferentSizesNeedASize() throws IOException {
    png(folder.resolve("a.png"), 4, 6, 0x404040);
    png(folder.resolve("b.png"), 4, 6, 0x404040);
    png(folder.resolve("c.png"), 8, 3, 0x808080);
    assertRefused(folder.toString(), "a.png of 4×6", "c.png of 8×3", "?size=3");

    Dataset dataset = Datasets.open(folder + "?size=3");
    assertThat(dataset.shape()).isEqualTo(new ImageShape(3, 3, 3));
    assertThat(read(dataset, 0)).containsOnly(scaled(0x40));
    assertThat(read(dataset, 2)).containsOnly(scaled(0x80));
  }

  @Test
  void ofManyDamagedImagesTheFirstTenAreNamedAndAllCounted() throws IOException {
    for (int i = 0; i < 40; i++) {
      png(folder.resolve(String.format("%02d.png", i)), 3, 3, i);
    }
    for (int i = 5; i < 40; i++) {
      Files.writeString(folder.resolve(String.format("%02d.png", i)), "broken");
    }
    assertRefused(
        folder.toString(),
        "Only 5 of the 40 images",
        "not 05.png, 06.png, 07.png, 08.png, 09.png, 10.png, 11.png, 12.png, 13.png, 14.png and 25",
        "05.png is no PNG, JPEG, WebP, BMP or GIF",
        "skip=unreadable");
  }

  @Test
  void aFileOfAnotherKindIsNamed() throws IOException {
    catsAndDogs();
    Files.writeString(folder.resolve("cats/tom.tiff"), "x");
    assertRefused(folder.toString(), "tom.tiff", "PNG, JPEG, WebP, BMP and GIF are");
  }

  @Test
  void imagesBesideClassFoldersAreRefused() throws IOException {
    catsAndDogs();
    png(folder.resolve("stray.png"), 2, 2, 0);
    assertRefused(folder.toString(), "stray.png", "class folders (cats)");
  }

  @Test
  void aSplitThatIsNotThereIsRefused() throws IOException {
    catsAndDogs();
    assertRefused(folder + "?split=test", "no splits", "leave out split=");
  }

  @Test
  void aClassThatIsNotThereIsRefusedWithThoseThatAre() throws IOException {
    catsAndDogs();
    assertRefused(folder + "?classes=dogs,Cats", "no class 'Cats'", "it has cats, dogs");
  }

  @Test
  void missingFoldersFilesAndEmptyFoldersAreRefused() throws IOException {
    assertRefused("images:" + folder, folder.toString(), "holds no images");
    assertRefused("idx:" + folder, folder.toString(), "holds no IDX images");
    assertRefused(folder + "/nowhere", "There is no folder or file", "nowhere");
    Path file = png(folder.resolve("a.png"), 1, 1, 0);
    assertRefused(file.toString(), "a.png is a file", "name the folder");
  }

  @Test
  void linksThatLeaveTheFolderAreRefused(@TempDir Path elsewhere) throws IOException {
    png(folder.resolve("a/a.png"), 1, 1, 0);
    Path outside = png(elsewhere.resolve("b/b.png"), 1, 1, 0);
    Path link = Files.createSymbolicLink(folder.resolve("a/b.png"), outside);
    assertRefused(folder.toString(), link.toString(), "would leave the data set", "b/b.png");
    Files.delete(link);

    Path links = Files.createSymbolicLink(folder.resolve("b"), outside.getParent());
    assertRefused(folder.toString(), links.toString(), "would leave the data set");
    Files.delete(links);

    Path round = Files.createSymbolicLink(folder.resolve("a/round"), folder);
    assertRefused(folder.toString(), round.toString(), "folder of the same data set");
    Files.delete(round);

    Path broken = Files.createSymbolicLink(folder.resolve("a/c.png"), folder.resolve("none"));
    assertRefused(folder.toString(), broken.toString(), "leads nowhere");
  }

  @Test
  void linksWithinTheFolderAndToItAreRead(@TempDir Path elsewhere) throws IOException {
    Path image = png(folder.resolve("a/a.png"), 1, 1, 0);
    Files.createSymbolicLink(folder.resolve("a/b.png"), image);
    Path door = Files.createSymbolicLink(elsewhere.resolve("door"), folder);

    List<String> ids = ids(Datasets.open(door.toString()));
    Files.delete(door);

    assertThat(ids).containsExactly("a/a.png", "a/b.png");
  }

  @Test
  void unreadableFilesAndFoldersAreNamed() throws IOException {
    Path image = png(folder.resolve("a/a.png"), 1, 1, 0);
    Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(image), "this user may read everything");
    assertRefused(folder.toString(), "a.png", "permission denied");
    Path closed = folder.resolve("a");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    try {
      assertRefused(folder.toString(), closed.toString(), "permission denied");
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void foldersNamedLikePartsOfASetAreParts() throws IOException {
    png(folder.resolve("train/cats/tom.png"), 1, 1, 0);
    png(folder.resolve("train/dogs/rex.png"), 1, 1, 1);
    png(folder.resolve("test/dogs/pug.png"), 1, 1, 2);

    Dataset train = Datasets.open(folder.toString());
    assertThat(ids(train)).containsExactly("train/cats/tom.png", "train/dogs/rex.png");
    assertThat(train.classNames()).containsExactly("cats", "dogs");
    assertThat(ids(Datasets.open(folder + "?split=test"))).containsExactly("test/dogs/pug.png");
    assertThat(ids(Datasets.open(folder + "?split=all"))).hasSize(3);
    assertRefused(folder + "?split=validation", "no part validation", "split=train, split=test");
  }

  @Test
  void manyThreadsReadTheSameNumbers() throws IOException {
    for (int i = 0; i < 20; i++) {
      png(folder.resolve(i + ".png"), 8, 8, 0x010203 * i);
    }
    Dataset dataset = Datasets.open(folder + "?size=5");
    List<float[]> alone = IntStream.range(0, 20).mapToObj(i -> read(dataset, i)).toList();

    IntStream.range(0, 2000)
        .parallel()
        .forEach(k -> assertThat(read(dataset, k % 20)).containsExactly(alone.get(k % 20)));
  }
}
