package io.journey.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.run.AtomicFile;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  @TempDir Path folder;

  private RunDirectory claim() {
    return RunDirectory.claim(
        folder, "features", Json.object().put("draws", 20), Json.object().put("dataset", "abc"));
  }

  @Test
  void aFinishedRunShowsKindSettingsInputsAndFiles() {
    try (RunDirectory run = claim()) {
      run.write("a.bin", out -> out.write(new byte[2048]));
      run.finish(Json.object());
    }
    CommandRun inspected = CommandRun.of("inspect", folder.toString());
    assertThat(inspected.status()).isZero();
    assertThat(inspected.out())
        .containsPattern("kind +features")
        .containsPattern("state +finished")
        .containsPattern("files +1 whole, 2.0 KiB")
        .containsPattern("draws +20")
        .containsPattern("dataset +abc");
  }

  @Test
  void anUnfinishedRunShowsHowFarItIs() {
    try (RunDirectory run = claim()) {
      run.write("a.bin", out -> out.write(7));
      run.write("b.bin", out -> out.write(7));
    }
    assertThat(CommandRun.of("inspect", folder.toString()).out())
        .containsPattern("state +unfinished")
        .containsPattern("files +2 whole, 2 bytes");
  }

  /** A folder's name is a class; who made the folder must not command the terminal. */
  @Test
  void namesOfClassesFilesAndTensorsAreShownNotObeyed() throws IOException {
    for (String name : new String[] {"\u001b[31mred", "cat\u202etac", "=1+1"}) {
      Path folderOfClass = Files.createDirectories(folder.resolve("photos").resolve(name));
      BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
      ImageIO.write(image, "png", folderOfClass.resolve("a\u001b]0;x\u0007.png").toFile());
    }
    CommandRun run = CommandRun.of("inspect", folder.resolve("photos").toString());
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("\\u001b[31mred", "cat\\u202etac", "=1+1")
        .doesNotContain("\u001b", "\u202e", "\u0007");
    Path file = folder.resolve("x.safetensors");
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .metadata("who\u001b[1m", "\u2066me")
            .add("t\u001b[5m", new float[1], 1);
    AtomicFile.write(file, writer::writeTo);
    run = CommandRun.of("inspect", file.toString());
    assertThat(run.out()).contains("who\\u001b[1m", "\\u2066me").doesNotContain("\u001b", "\u2066");
  }

  private Path captioned() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    for (String name : new String[] {"a.png", "b.png", "c.png"}) {
      BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
      ImageIO.write(image, "png", photos.resolve(name).toFile());
    }
    Files.writeString(photos.resolve("a.txt"), "a cat\u001b[31m\nun chat\n");
    Files.writeString(photos.resolve("b.txt"), "a dog " + "and a dog ".repeat(30));
    return photos;
  }

  @Test
  void captionsAreShownBesideTheirImages() throws IOException {
    Path photos = captioned();
    Path sheet = folder.resolve("sheet.png");
    CommandRun run =
        CommandRun.of("inspect", "--data", photos.toString(), "--contact-sheet", sheet.toString());
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("captions +3 in all, 0 to 2 an image; read where a model takes text")
        .containsPattern("a.png +a cat\\\\u001b\\[31m  \\(and 1 more\\)")
        .containsPattern("b.png +a dog and a dog .*…")
        .containsPattern("c.png +\\(none\\)")
        .containsPattern("uncaptioned +1 image, the first c.png: refused where captions are needed")
        .doesNotContain("\u001b");
    assertThat(ImageIO.read(sheet.toFile()).getHeight()).isGreaterThan(160 + 28);
    CommandRun.refuses("c.png", "inspect", "--data", photos + "?captions=all");
    assertThat(CommandRun.runs("inspect", "--data", photos + "?uncaptioned=empty"))
        .containsPattern("captions +3 in all, 0 to 2 an image\\R")
        .contains("they have the empty caption");
    assertThat(CommandRun.runs("inspect", "--data", photos + "?captions=none"))
        .doesNotContain("captions  ");
  }

  @Test
  void captionsThatCannotBeReadAreSaidAndRefusedWhereTheyAreAskedFor() throws IOException {
    Path photos = captioned();
    Files.write(photos.resolve("c.txt"), new byte[] {(byte) 0xFF});
    assertThat(CommandRun.runs("inspect", photos.toString()))
        .containsPattern("captions +not readable: .*c.txt is not UTF-8");
    CommandRun.refuses("c.txt is not UTF-8", "inspect", "--data", photos + "?captions=first");
    assertThat(CommandRun.runs("inspect", "--data", photos + "?captions=2&id!=c.png"))
        .containsPattern("captions +3 in all");
  }

  @Test
  void verifyFindsADamagedFile() throws IOException {
    try (RunDirectory run = claim()) {
      run.write("a.bin", out -> out.write(7));
      run.finish(Json.object());
    }
    assertThat(CommandRun.of("inspect", "--verify", folder.toString()).out())
        .containsPattern("verified +the only file is as written");
    Files.write(folder.resolve("a.bin"), new byte[] {8});
    CommandRun damaged = CommandRun.of("inspect", "--verify", folder.toString());
    assertThat(damaged.status()).isEqualTo(2);
    assertThat(damaged.err()).contains("a.bin is damaged").hasLineCount(1);
  }

  @Test
  void anArrayShowsTypeShapeAndRangeOfItsFiniteNumbers() {
    Path file = folder.resolve("x.npy");
    float[] values = {1, 2, 6, Float.NaN};
    AtomicFile.write(file, out -> Npy.write(out, values, 2, 2));
    assertThat(CommandRun.of("inspect", file.toString()).out())
        .contains("F32", "[2, 2], 4 numbers", "1.00000 to 6.00000, mean 3.00000")
        .containsPattern("not finite +1 number\\R");
  }

  @Test
  void safetensorsShowEveryTensor() {
    Path file = folder.resolve("x.safetensors");
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .metadata("format", "pt")
            .add("conv.weight", new float[6], 2, 3)
            .add("steps", new long[] {5}, 1);
    AtomicFile.write(file, writer::writeTo);
    assertThat(CommandRun.of("inspect", file.toString()).out())
        .containsPattern("format +pt")
        .containsPattern("tensors +2, 7 numbers, 32 bytes")
        .containsPattern("conv.weight +F32 +\\[2, 3\\]")
        .containsPattern("steps +I64 +\\[1\\]");
  }

  @Test
  void aCheckpointShowsItsConfiguration() {
    AtomicFile.write(
        folder.resolve("config.json"), Json.bytes(Json.object().put("_class_name", "UNet2DModel")));
    AtomicFile.write(
        folder.resolve("diffusion_pytorch_model.safetensors"),
        new Safetensors.Writer().add("w", new float[3], 3)::writeTo);
    assertThat(CommandRun.of("inspect", folder.toString()).out())
        .contains("UNet2DModel")
        .containsPattern("tensors +1, 3 numbers");
  }

  @Test
  void aDataSetShowsSizeShapeAndClasses() {
    CommandRun run = CommandRun.of("inspect", "../data/fashion-mnist");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .containsPattern("images +2000 of 1×28×28")
        .containsPattern("fingerprint +[0-9a-f]{64}")
        .containsPattern("Trouser +200");
  }

  @Test
  void trainingDataAreLookedAtClosely() throws IOException {
    Path sheet = folder.resolve("sheet.png");
    CommandRun run =
        CommandRun.of(
            "inspect",
            "--data",
            "../data/fashion-mnist?size=16&flip=horizontal",
            "--where",
            "class=Bag,Trouser",
            "--where",
            "id!=train/00001",
            "--contact-sheet",
            sheet.toString());

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("images +400 of 1×16×16")
        .containsPattern("Trouser +200")
        .containsPattern("stored as +1 size")
        .containsPattern("1×28×28 +400")
        .containsPattern("transformed +crop=center, size=16, flip=horizontal")
        .containsPattern("duplicates +none")
        .containsPattern("sheet +.*sheet.png")
        .doesNotContain("null");
    BufferedImage picture = ImageIO.read(sheet.toFile());
    // Two rows of tiles of 64 pixels and twelve columns.
    assertThat(picture.getHeight()).isBetween(2 * 64, 4 * 64);
    assertThat(picture.getWidth()).isBetween(12 * 64, 20 * 64);
  }

  /** A name may hold a line end, and would be lines of its own. */
  @Test
  void everyFileIsOneLine() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    for (String name : new String[] {"a\nz/1\nimages 9.png", "b/2.png", "b/3.png"}) {
      Path file = folder.resolve("set").resolve(name);
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    }
    Files.writeString(folder.resolve("set/b/bad\nskipped 7\u001b.png"), "x");
    CommandRun run = CommandRun.of("inspect", "--data", folder + "/set?skip=unreadable");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out().lines().filter(line -> !line.startsWith(" ")))
        .extracting(line -> line.split(" ")[0])
        .containsOnlyOnce("images", "skipped")
        .doesNotContain("z", "z/1", "9.png");
    assertThat(run.out())
        .contains("a\\u000az/1\\u000aimages 9.png", "\n  a\\u000az ")
        .contains("b/bad\\u000askipped 7\\u001b.png is no PNG");
  }

  @Test
  void whyThereAreNoClassesIsTold() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    for (String name : new String[] {"cats/1.png", "cats/old/2.png", "dogs/3.png"}) {
      Path file = folder.resolve("set").resolve(name);
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    }
    CommandRun run = CommandRun.of("inspect", "--data", folder + "/set");

    assertThat(run.out())
        .contains(
            "classes      none, its images lie at different depths, as cats/1.png and"
                + " cats/old/2.png do");
  }

  @Test
  void aPageATableAndJsonSayWhatTheyAreAndWhatTheyBelongTo() throws IOException {
    try (RunDirectory run = claim()) {
      run.write("ranking.csv", out -> out.write("rank,id\n1,a\n2,b\n".getBytes(UTF_8)));
      run.finish(Json.object());
    }
    assertThat(inspected(folder.resolve("ranking.csv")))
        .containsPattern("columns +rank,id")
        .containsPattern("table +2 lines")
        .contains("belongs to   " + folder.toAbsolutePath());
    assertThat(inspected(folder.resolve("manifest.json"))).containsPattern("settings.draws +20");
    Path page = Files.writeString(folder.resolve("report.html"), "<!DOCTYPE html>");
    assertThat(inspected(page)).containsPattern("kind +a page: open it in a browser");
    assertThat(CommandRun.of("inspect", folder.resolve("a.txt").toString()).status()).isEqualTo(2);
  }

  private static String inspected(Path file) {
    CommandRun run = CommandRun.of("inspect", file.toString());
    assertThat(run.status()).as(run.err()).isZero();
    return run.out();
  }

  @Test
  void eitherAPathOrDataMustBeGiven() {
    for (String[] arguments :
        new String[][] {
          {"inspect"}, {"inspect", "a", "--data", "b"}, {"inspect", "a", "--where", "class=b"}
        }) {
      CommandRun run = CommandRun.of(arguments);
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err()).contains("--data").hasLineCount(1);
    }
    CommandRun jpeg =
        CommandRun.of("inspect", "--data", "../data/fashion-mnist", "--contact-sheet", "a.jpg");
    assertThat(jpeg.status()).isEqualTo(2);
    assertThat(jpeg.err()).contains("a.jpg", ".png");
  }

  @Test
  void aPathThatDoesNotExistIsNamed() {
    CommandRun run = CommandRun.of("inspect", folder.resolve("none").toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("none: check the path").hasLineCount(1);
  }

  @Test
  void aDamagedFileIsOneSentence() throws IOException {
    Path file = folder.resolve("x.npy");
    Files.writeString(file, "not an array");
    CommandRun run = CommandRun.of("inspect", file.toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("x.npy is not an NPY file").hasLineCount(1);
  }
}
