package io.journey.cli;

import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data format of another module, which {@code META-INF/services} names ({@code
 * org.example.PortablePixmaps}); the same pictures as PNG are the truth.
 */
class FormatExtensionTest {
  @TempDir Path folder;

  @BeforeEach
  void drawPictures() throws IOException {
    Files.createDirectories(folder.resolve("ppm"));
    for (int n = 0; n < 12; n++) {
      String kind = n % 2 == 0 ? "cat" : "dog";
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      ByteArrayOutputStream pixmap = new ByteArrayOutputStream();
      pixmap.writeBytes("P6\n8 8\n255\n".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 64; i++) {
        int rgb = 0x010305 * (i + 3 * n) & 0xFFFFFF;
        image.setRGB(i % 8, i / 8, rgb);
        pixmap.write(rgb >> 16);
        pixmap.write(rgb >> 8);
        pixmap.write(rgb);
      }
      Files.write(folder.resolve(String.format("ppm/%s_%02d.ppm", kind, n)), pixmap.toByteArray());
      Path png = folder.resolve(String.format("png/%s/%02d.png", kind, n));
      Files.createDirectories(png.getParent());
      assertThat(ImageIO.write(image, "png", png.toFile())).isTrue();
    }
  }

  private String ppm(String options) {
    return folder.resolve("ppm") + options;
  }

  @Test
  void itsPicturesAreThoseOfAKnownFormat() {
    Dataset found = Datasets.open(ppm("?size=4"));
    Dataset expected = Datasets.open(folder.resolve("png") + "?size=4");
    assertThat(found.classNames()).isEqualTo(expected.classNames()).containsExactly("cat", "dog");
    assertThat(found.size()).isEqualTo(expected.size());
    for (int i = 0; i < found.size(); i++) {
      float[] a = new float[found.shape().numel()];
      float[] b = new float[a.length];
      found.read(i, a, 0);
      expected.read(i, b, 0);
      assertThat(a).isEqualTo(b);
      assertThat(found.condition(i)).isEqualTo(expected.condition(i));
    }
  }

  @Test
  void itIsTrainedOnAndFeaturizedFromTheCommandLine() throws IOException {
    Path config = folder.resolve("config.json");
    Files.writeString(config, TinyFlow.CONFIG);
    String data = "ppm:" + ppm("?channels=1&skip=unreadable&separator=_");
    Files.writeString(folder.resolve("ppm/dog_99.ppm"), "P6\n8 8\n255\nshort");
    assertThat(runs("inspect", "--data", data)).contains("12", "cat", "dog", "dog_99.ppm");
    Path checkpoints = folder.resolve("checkpoints");
    runs(
        "train",
        "--data",
        data,
        "--config",
        config.toString(),
        "--classes",
        "--count",
        "1",
        "--out",
        checkpoints.toString());
    assertThat(
            runs(
                "featurize",
                "--checkpoints",
                checkpoints.toString(),
                "--data",
                data,
                "--draws",
                "2",
                "--out",
                folder.resolve("features").toString()))
        .contains("Features of 12 images");
  }

  @Test
  void messagesKnowIt() {
    CommandRun run = CommandRun.of("inspect", "--data", "webp:" + ppm(""));
    assertThat(run.err()).contains("use idx, cifar, parquet, tar, images, coco, croissant or ppm");
    run = CommandRun.of("inspect", "--data", "ppm:" + ppm("?orient=stored"));
    assertThat(run.err()).contains("is of kind ppm, which has no option orient");
    run = CommandRun.of("inspect", "--data", folder.resolve("png") + "?separator=x");
    assertThat(run.err()).contains("is of kind images, which has no option separator");
  }
}
