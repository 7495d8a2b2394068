package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training data that cannot be used: one sentence, nothing touched, no run begun. */
class BadDataTest {
  private static final String IMAGES = "train-images-idx3-ubyte.gz";

  @TempDir static Path root;
  @TempDir Path data;
  private static TinyFlow flow;

  @BeforeAll
  static void makeOnce() throws IOException {
    flow = TinyFlow.made(root);
  }

  /** Neither a new run nor the finished ones take the data. */
  private static void refused(String spec, String... said) throws IOException {
    String fresh = root.resolve("new").toString();
    Refusal.of(root, flow.train("--data", spec, "--out", fresh), said);
    Refusal.of(root, flow.train("--data", spec), said);
    Refusal.of(root, flow.featurize("--data", spec), said);
    Refusal.of(root, flow.report("--data", spec), said);
    assertThat(Path.of(fresh)).doesNotExist();
    assertThat(flow.page()).doesNotExist();
  }

  @Test
  void aMissingFolderIsRefused() throws IOException {
    refused(data.resolve("none").toString(), "no folder", "none", "check the path");
  }

  @Test
  void anEmptyFolderIsRefused() throws IOException {
    refused(data.toString(), data.toString(), "no");
  }

  @Test
  void unknownOptionsAreRefused() throws IOException {
    refused(TinyFlow.DATA + "&colour=1", "colour", "size, crop");
    refused(TinyFlow.DATA.replace("24", "0"), "limit=0", "from 1 to");
    refused(TinyFlow.DATA + "&classes=Hat", "Hat", "Trouser");
  }

  @Test
  void truncatedIdxIsRefused() throws IOException {
    copyShipped();
    byte[] whole = Files.readAllBytes(data.resolve(IMAGES));
    Files.write(data.resolve(IMAGES), Arrays.copyOf(whole, whole.length / 2));
    refused(data + "?size=8&limit=24", IMAGES);
  }

  @Test
  void textUnderTheNameOfGzipIsRefused() throws IOException {
    copyShipped();
    Files.writeString(data.resolve(IMAGES), "not compressed at all");
    refused(data + "?size=8&limit=24", IMAGES, "starts with", "expected", "check");
  }

  @Test
  void aPictureThatIsNoneIsRefused() throws IOException {
    png("a.png", 8);
    Files.writeString(data.resolve("b.png"), "no picture");
    refused(data.toString(), "b.png");
  }

  @Test
  void picturesOfDifferentSizesAreRefused() throws IOException {
    png("a.png", 8);
    png("b.png", 12);
    refused(data.toString(), "b.png", "8×8", "12×12", "size=");
  }

  @Test
  void picturesOfAnotherSizeThanTheModelsAreRefused() throws IOException {
    String larger = TinyFlow.DATA.replace("size=8", "size=12");
    Refusal.of(root, flow.train("--data", larger), "sample_size 8", "12", "new directory");
    Refusal.of(root, flow.featurize("--data", larger), "1×8×8", "1×12×12", "size=8");
    Refusal.of(root, flow.report("--data", larger), "fingerprint", "name the data");
  }

  @Test
  void unknownClassesIdsAndConditionsAreRefused() throws IOException {
    String fresh = root.resolve("new").toString();
    for (String[] said :
        new String[][] {
          {"class=Hat", "no class 'Hat'", "Trouser"},
          {"id=train/99999", "no example 'train/99999'", "train/00000"},
          {"id!=@" + data.resolve("none.txt"), "none.txt", "no such file"},
          {"colour=red", "'colour=red'", "class=NAME"}
        }) {
      Refusal.of(
          root,
          flow.train("--data", TinyFlow.DATA, "--out", fresh, "--where", said[0]),
          said[1],
          said[2]);
      Refusal.of(root, flow.featurize("--where", said[0]), said[1], said[2]);
      Refusal.of(root, flow.report("--where", said[0]), said[1], said[2]);
      Refusal.of(
          root,
          new String[] {"inspect", "--data", TinyFlow.DATA, "--where", said[0]},
          said[1],
          said[2]);
    }
    assertThat(Path.of(fresh)).doesNotExist();
  }

  @Test
  void otherDataThanThoseOfTheRunAreRefusedWhenFiltered() throws IOException {
    Refusal.of(root, flow.featurize("--where", "id!=train/00000"), "inputs.data");
    Refusal.of(root, flow.report("--where", "id!=train/00000"), "fingerprint");
  }

  @Test
  void parquetWithoutImagesIsRefused() throws IOException {
    Path parquet = Path.of("../dataset/src/test/resources/parquet");
    refused(parquet.resolve("no-images.parquet").toString(), "no column of images", "text (text)");
    byte[] whole = Files.readAllBytes(parquet.resolve("two.parquet"));
    Path cut = Files.write(data.resolve("cut.parquet"), Arrays.copyOf(whole, whole.length - 9));
    refused(cut.toString(), "cut.parquet is a damaged Parquet file");
  }

  @Test
  void anArchiveWhoseNamesLeadOutIsRefused() throws IOException {
    byte[] tar = new byte[2048];
    byte[] name = "../../out.png".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, tar, 0, name.length);
    System.arraycopy("0000644".getBytes(StandardCharsets.US_ASCII), 0, tar, 100, 7);
    System.arraycopy("00000000000".getBytes(StandardCharsets.US_ASCII), 0, tar, 124, 11);
    System.arraycopy("00000000000".getBytes(StandardCharsets.US_ASCII), 0, tar, 136, 11);
    tar[156] = '0';
    int sum = 8 * ' ';
    for (byte b : tar) {
      sum += b;
    }
    byte[] checksum = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(checksum, 0, tar, 148, 8);
    Path file = Files.write(data.resolve("out.tar"), tar);
    refused(file.toString(), "out.tar holds '../../out.png'", "leads out");
  }

  private void copyShipped() throws IOException {
    for (String name : new String[] {IMAGES, "train-labels-idx1-ubyte.gz"}) {
      Files.copy(Path.of("../data/fashion-mnist", name), data.resolve(name));
    }
  }

  private void png(String name, int size) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
    ImageIO.write(image, "png", data.resolve(name).toFile());
  }
}
