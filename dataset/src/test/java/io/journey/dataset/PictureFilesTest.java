package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.plain;
import static io.journey.dataset.DatasetFiles.png;
import static io.journey.dataset.DatasetFiles.save;
import static io.journey.dataset.DatasetFiles.scaled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.PictureFiles.Picture;
import io.journey.run.JourneyException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures from elsewhere must become what the same files become as training images. */
class PictureFilesTest {
  private static final ImageShape GREY = new ImageShape(1, 4, 4);
  private static final ImageShape COLOUR = new ImageShape(3, 4, 4);
  private static final Path PICTURES = Path.of("src/test/resources/pictures");

  private static final List<String> OTHERS =
      List.of(
          "jpeg-orientation-6.jpg",
          "webp-orientation-8.webp",
          "png-orientation-xmp.png",
          "png-rgba-16.png",
          "png-grey-16.png",
          "png-palette-transparent.png",
          "gif-animated.gif",
          "webp-animated.webp",
          "webp-lossy-alpha.webp",
          "jpeg-cmyk-adobe.jpg");

  @TempDir Path folder;

  private static float[] one(Path file, ImageShape shape) {
    List<Picture> read = PictureFiles.read(file, shape, List.of());
    assertThat(read).hasSize(1);
    return read.get(0).image();
  }

  /** 6×10 pixels, none like its neighbours. */
  private BufferedImage uneven() {
    BufferedImage image = new BufferedImage(10, 6, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 10; x++) {
        image.setRGB(x, y, (x * 25) << 16 | (y * 40) << 8 | (x * y * 4));
      }
    }
    return image;
  }

  @Test
  void everyFileBecomesWhatItIsAsATrainingImage() throws IOException {
    save(folder.resolve("a.png"), uneven());
    save(folder.resolve("b.jpg"), uneven());
    save(folder.resolve("c.gif"), uneven());
    save(folder.resolve("d.bmp"), uneven());
    for (String name : OTHERS) {
      Files.copy(PICTURES.resolve(name), folder.resolve(name));
    }
    for (ImageShape shape : List.of(GREY, COLOUR)) {
      Dataset data = Datasets.open(folder + "?size=4&channels=" + shape.channels());
      List<Picture> read = PictureFiles.read(folder, shape, List.of("orient=upright"));
      assertThat(read.stream().map(Picture::name).toList()).isEqualTo(DatasetFiles.ids(data));
      for (int i = 0; i < data.size(); i++) {
        assertThat(read.get(i).image()).as(data.id(i)).isEqualTo(DatasetFiles.read(data, i));
      }
    }
    Dataset stored = Datasets.open(folder + "?size=4&channels=1&orient=stored&flip=horizontal");
    List<Picture> read = PictureFiles.read(folder, GREY, stored.transformations().steps());
    for (int i = 0; i < stored.size(); i++) {
      assertThat(read.get(i).image()).as(stored.id(i)).isEqualTo(DatasetFiles.read(stored, i));
    }
  }

  @Test
  void aPictureOfTheModelsSizeKeepsEveryPixel() throws IOException {
    BufferedImage image = plain(BufferedImage.TYPE_BYTE_GRAY, 4, 4, 0x808080);
    int stored = image.getRaster().getSample(0, 0, 0);
    image.getRaster().setSample(3, 1, 0, 7);
    float[] read = one(save(folder.resolve("a.png"), image), GREY);
    assertThat(read[0]).isEqualTo(scaled(stored));
    assertThat(read[1 * 4 + 3]).isEqualTo(scaled(7));
    ImageShape wide = new ImageShape(3, 2, 5);
    assertThat(one(png(folder.resolve("w.png"), 2, 5, 0x102030), wide)).hasSize(30);
  }

  @Test
  void whatIsClearIsWhite() throws IOException {
    Path clear =
        save(folder.resolve("a.png"), new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB));
    assertThat(one(clear, COLOUR)).containsOnly(1f);
    assertThat(changes(clear, COLOUR)).containsExactly(PictureChange.ON_WHITE);
  }

  private static Set<PictureChange> changes(Path file, ImageShape shape) {
    return PictureFiles.read(file, shape, List.of()).get(0).changes();
  }

  @Test
  void whatChangesAPictureIsTold() throws IOException {
    BufferedImage opaque = new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 16; i++) {
      opaque.setRGB(i % 4, i / 4, 0xFF102030);
    }
    assertThat(changes(save(folder.resolve("o.png"), opaque), COLOUR)).isEmpty();
    opaque.setRGB(2, 1, 0xFE102030);
    assertThat(changes(save(folder.resolve("c.png"), opaque), COLOUR))
        .containsExactly(PictureChange.ON_WHITE);
    Path grey = save(folder.resolve("g.png"), plain(BufferedImage.TYPE_BYTE_GRAY, 4, 4, 0x808080));
    assertThat(changes(grey, GREY)).isEmpty();
    assertThat(changes(png(folder.resolve("s.png"), 3, 9, 0x102030), GREY))
        .containsExactlyInAnyOrder(
            PictureChange.GREY, PictureChange.CROPPED, PictureChange.ENLARGED);
    assertThat(changes(png(folder.resolve("l.png"), 9, 9, 0x102030), COLOUR)).isEmpty();
    assertThat(changes(save(folder.resolve("one.gif"), uneven()), COLOUR))
        .containsExactly(PictureChange.CROPPED);
    for (String animated : List.of("gif-animated.gif", "webp-animated.webp")) {
      assertThat(changes(PICTURES.resolve(animated), COLOUR))
          .as(animated)
          .contains(PictureChange.FIRST_FRAME);
    }
    for (String clear :
        List.of("png-rgba-16.png", "png-palette-transparent.png", "webp-lossy-alpha.webp")) {
      assertThat(changes(PICTURES.resolve(clear), COLOUR))
          .as(clear)
          .contains(PictureChange.ON_WHITE)
          .doesNotContain(PictureChange.FIRST_FRAME);
    }
    assertThat(PictureFiles.changes(PictureFiles.read(grey, GREY, List.of()))).isEmpty();
  }

  @Test
  void foldersOfAnyDepthAndNamesThatLookLikeOptionsAreRead() throws IOException {
    Path odd = Files.createDirectories(folder.resolve("what?size=2&test"));
    png(odd.resolve("b.png"), 4, 4, 0xFFFFFF);
    png(odd.resolve("test/a.png"), 4, 4, 0);
    png(odd.resolve("x/y/c.png"), 9, 5, 0);
    assertThat(PictureFiles.read(odd, GREY, List.of()).stream().map(Picture::name).toList())
        .containsExactly("b.png", "test/a.png", "x/y/c.png");
  }

  @Test
  void whatCannotBeReadIsNamedInASentence() throws IOException {
    Path text = Files.writeString(folder.resolve("a.png"), "no picture");
    refuses(text, GREY, "a.png", "is no PNG, JPEG, WebP, BMP or GIF image");
    byte[] whole = Files.readAllBytes(png(folder.resolve("b.png"), 40, 40, 0x123456));
    Path half = Files.write(folder.resolve("c.png"), Arrays.copyOf(whole, 60));
    refuses(half, GREY, "c.png", "damaged");
    refuses(folder, GREY, "a.png");
    refuses(folder.resolve("none.png"), GREY, "none.png");
    refuses(Files.createDirectory(folder.resolve("empty")), GREY, "holds no images");
    refuses(folder.resolve("b.png"), new ImageShape(1, 4, 6), "b.png has 40×40", "4×6");
    refuses(folder.resolve("b.png"), new ImageShape(4, 4, 4), "1 or 3 channels");
  }

  private static void refuses(Path file, ImageShape shape, String... parts) {
    assertThatThrownBy(() -> PictureFiles.read(file, shape, List.of()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(parts)
        .hasMessageMatching("[^\\n]+\\.");
  }
}
