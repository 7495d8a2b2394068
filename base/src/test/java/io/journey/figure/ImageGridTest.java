package io.journey.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.figure.ImageGrid.Cell;
import io.journey.figure.ImageGrid.Row;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** Pictures side by side. */
class ImageGridTest {
  private static final float[] FOUR = {-1, 1, 0, 2};

  private static ImageGrid grid(Cell... cells) {
    return new ImageGrid("Title", List.of(new Row("drawn", List.of(cells))));
  }

  private static BufferedImage embedded(Element image) throws Exception {
    String url = image.getAttributeNS("http://www.w3.org/1999/xlink", "href");
    assertThat(url).startsWith("data:image/png;base64,");
    byte[] png = Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1));
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  @Test
  void aSmallPictureIsKeptPixelByPixelInTheSvg() throws Exception {
    Drawn drawn = Drawn.of(grid(Cell.of(FOUR, 1, 2, 2, "t = 900", Color.RED)));
    BufferedImage image = embedded(drawn.all("image").get(0));
    assertThat(image.getWidth()).isEqualTo(2);
    int[] expected = {0x000000, 0xFFFFFF, 0x808080, 0xFFFFFF};
    for (int i = 0; i < 4; i++) {
      assertThat(image.getRGB(i % 2, i / 2) & 0xFFFFFF).isEqualTo(expected[i]);
    }
    assertThat(drawn.all("image").get(0).getAttribute("style")).contains("pixelated");
    assertThat(drawn.texts()).contains("Title", "drawn", "t = 900");
  }

  @Test
  void thePngShowsPixelsAsSquaresInTheirFrame() {
    BufferedImage image = Figures.raster(grid(Cell.of(FOUR, 1, 2, 2, "", Color.RED)));
    int black = 0;
    int grey = 0;
    int red = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y) & 0xFFFFFF;
        black += rgb == 0 ? 1 : 0;
        grey += rgb == 0x808080 ? 1 : 0;
        red += rgb == 0xFF0000 ? 1 : 0;
      }
    }
    // A pixel is 36 wide and high, twice that in the PNG; three pixels around it are the frame.
    assertThat(black).isBetween(70 * 70, 74 * 74);
    assertThat(grey).isBetween(70 * 70, 74 * 74);
    assertThat(red).isGreaterThan(4 * 140 * 5);
  }

  @Test
  void channelsAreColours() throws Exception {
    float[] rgb = {1, -1, 0, -1, 1, 0, -1, -1, 0};
    Cell cell = Cell.of(rgb, 3, 1, 3, "", null);
    assertThat(cell.image().getRGB(0, 0) & 0xFFFFFF).isEqualTo(0xFF0000);
    assertThat(cell.image().getRGB(1, 0) & 0xFFFFFF).isEqualTo(0x00FF00);
    assertThat(cell.image().getRGB(2, 0) & 0xFFFFFF).isEqualTo(0x808080);
  }

  @Test
  void largePicturesAreMadeSmallerSoThatTheFileStaysSmall() throws Exception {
    BufferedImage large = new BufferedImage(1920, 960, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 960; y++) {
      for (int x = 0; x < 1920; x++) {
        large.setRGB(x, y, x < 960 ? 0xFF0000 : 0x0000FF);
      }
    }
    BufferedImage image = embedded(Drawn.of(grid(new Cell(large, "", null))).all("image").get(0));
    assertThat(image.getWidth()).isEqualTo(192);
    assertThat(image.getHeight() * 2).isEqualTo(image.getWidth());
    assertThat(image.getRGB(image.getWidth() / 2 - 1, 5)).isEqualTo(0xFFFF0000);
    assertThat(image.getRGB(image.getWidth() / 2, 5)).isEqualTo(0xFF0000FF);
  }

  @Test
  void longRowsGoOnBelowAndEmptyPlacesKeepTheirs() throws Exception {
    List<Cell> cells = new ArrayList<>(Collections.nCopies(20, Cell.of(FOUR, 1, 2, 2, "", null)));
    cells.set(1, new Cell(null, "", null));
    ImageGrid grid = new ImageGrid("Title", List.of(new Row("", cells)));
    assertThat(Drawn.of(grid).all("image")).hasSize(19);
    assertThat(grid.width()).isLessThan(12 * 84 + 40);
    String svg = new String(Figures.svg(grid), StandardCharsets.UTF_8);
    assertThat(svg).contains("stroke-dasharray");
  }

  @Test
  void numbersThatAreNoPictureAreRefused() {
    assertThatThrownBy(() -> Cell.of(FOUR, 3, 2, 2, "", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 numbers cannot have 3 channels of 2×2");
  }
}
