package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.png;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.run.Progress;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {
  @TempDir Path folder;

  private static Map<Integer, Integer> colours(Path file) throws IOException {
    BufferedImage sheet = ImageIO.read(file.toFile());
    Map<Integer, Integer> counts = new HashMap<>();
    for (int y = 0; y < sheet.getHeight(); y++) {
      for (int x = 0; x < sheet.getWidth(); x++) {
        counts.merge(sheet.getRGB(x, y) & 0xFFFFFF, 1, Integer::sum);
      }
    }
    return counts;
  }

  @Test
  void everyClassHasItsImagesAtOneSize() throws IOException {
    png(folder.resolve("cats/a.png"), 5, 5, 0xAA1122);
    png(folder.resolve("dogs/a.png"), 5, 5, 0x22BB33);
    png(folder.resolve("dogs/b.png"), 5, 5, 0x22BB33);
    Dataset dataset = Datasets.open(folder.toString());
    Path sheet = folder.resolve("sheet.png");
    ContactSheet.write(dataset, sheet);

    // 13 times five pixels is the first multiple beyond 64.
    assertThat(colours(sheet))
        .containsEntry(0xAA1122, 65 * 65)
        .containsEntry(0x22BB33, 2 * 65 * 65);
    byte[] first = Files.readAllBytes(sheet);
    ContactSheet.write(dataset, sheet);
    assertThat(Files.readAllBytes(sheet)).isEqualTo(first);
  }

  @Test
  void captionsStandUnderTheImages() throws IOException {
    png(folder.resolve("a.png"), 5, 5, 0xAA1122);
    png(folder.resolve("b.png"), 5, 5, 0x22BB33);
    Files.writeString(folder.resolve("a.txt"), "a cat that sleeps ".repeat(1000));
    Files.writeString(folder.resolve("b.txt"), "x".repeat(60_000) + "\u0007");
    Path sheet = folder.resolve("sheet.png");
    Dataset images = Datasets.open(folder.toString());
    ContactSheet.write(images.captioned(), sheet);
    assertThat(colours(sheet))
        .containsEntry(0xAA1122, 160 * 160)
        .containsEntry(0x22BB33, 160 * 160);
    BufferedImage drawn = ImageIO.read(sheet.toFile());
    int ink = 0;
    for (int y = 76 + 160; y < 76 + 160 + 32; y++) {
      for (int x = 24; x < 24 + 160; x++) {
        ink += (drawn.getRGB(x, y) & 0xFFFFFF) == 0xFFFFFF ? 0 : 1;
      }
    }
    assertThat(ink).isGreaterThan(200); // pixels of letters
    assertThat(drawn.getHeight()).isEqualTo(24 + 52 + 160 + 4 + 28 + 4 - 4 + 24);
  }

  @Test
  void imagesWithoutClassesAreSpreadOverTheSet() throws IOException {
    for (int i = 0; i < 200; i++) {
      png(folder.resolve(String.format("%03d.png", i)), 8, 8, 0x400000 + i);
    }
    Path sheet = folder.resolve("sheet.png");
    ContactSheet.write(Datasets.open(folder.toString()), sheet);

    Map<Integer, Integer> colours = colours(sheet);
    assertThat(colours.keySet().stream().filter(c -> c >= 0x400000 && c < 0x4000C8)).hasSize(96);
    assertThat(colours).containsEntry(0x400000, 64 * 64);
  }

  @Test
  void duplicatesAreCountedByEveryPixel() throws IOException {
    png(folder.resolve("a.png"), 2, 2, 1);
    png(folder.resolve("b.png"), 2, 2, 2);
    png(folder.resolve("c.png"), 2, 2, 1);
    png(folder.resolve("d.png"), 2, 2, 1);

    assertThat(DuplicateImages.of(Datasets.open(folder.toString()), 2, Progress.SILENT))
        .isEqualTo(new DuplicateImages(2, 0, 2));
    assertThat(DuplicateImages.of(Datasets.open(folder + "?limit=2"), 2, Progress.SILENT).count())
        .isZero();
  }
}
