package io.journey.figure;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.figure.LineChart.Series;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.RunDirectory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures as files. */
class FiguresTest {
  private static final String HOSTILE = "</text><script>alert(1)</script>\u0001\ud800 & \"'";

  private static LineChart chart(String text) {
    double[] x = {1, 2, 3};
    double[] y = {1, 4, 2};
    Series series = new Series(text, x, y, new double[] {0, 3, 1}, new double[] {2, 5, 3});
    return new LineChart(text, text, text, List.of(series), List.of()).withRange(0, 6);
  }

  @Test
  void textOfAnyKindStaysText() throws Exception {
    Drawn drawn = Drawn.of(chart(HOSTILE));
    assertThat(drawn.all("script")).isEmpty();
    assertThat(drawn.all("title").get(0).getTextContent()).startsWith("</text><script>");
    assertThat(drawn.texts()).filteredOn(t -> t.startsWith("</text><script>")).hasSize(4);
  }

  @Test
  void textIsTextInAnySansSerifAndNothingIsReferredTo() throws Exception {
    Drawn drawn = Drawn.of(chart("score"));
    Set<String> families = new HashSet<>();
    drawn.all("text").forEach(t -> families.add(Drawn.inherited(t, "font-family")));
    assertThat(families).containsExactly("sans-serif");
    String svg = new String(Figures.svg(chart("score")), StandardCharsets.UTF_8);
    assertThat(svg.replaceAll("xmlns(:xlink)?=\"[^\"]*\"", "")).doesNotContain("://", "href=\"h");
  }

  @Test
  void aFigureHasTheSameBytesAgain() {
    assertThat(Figures.svg(chart("a"))).isEqualTo(Figures.svg(chart("a")));
    assertThat(Figures.png(chart("a"))).isEqualTo(Figures.png(chart("a")));
    assertThat(Figures.svg(chart("a"))).isNotEqualTo(Figures.svg(chart("b")));
  }

  /** Three filters, of which a chart and pictures need all. */
  @Test
  void thePngHoldsWhatWasDrawn() throws Exception {
    for (Figure figure : SampleFigures.all().values()) {
      BufferedImage drawn = Figures.raster(figure);
      BufferedImage read = ImageIO.read(new ByteArrayInputStream(Figures.png(figure)));
      assertThat(pixels(read)).isEqualTo(pixels(drawn));
    }
  }

  private static int[] pixels(BufferedImage image) {
    int width = image.getWidth();
    return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
  }

  @Test
  void thePngHasTwicePixelsOnWhiteAndShowsTheLine() throws Exception {
    LineChart chart = chart("a");
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(Figures.png(chart)));
    assertThat(image.getWidth()).isEqualTo(2 * chart.width());
    assertThat(image.getHeight()).isEqualTo(2 * chart.height());
    assertThat(image.getRGB(0, 0)).isEqualTo(0xFFFFFFFF);
    int blue = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        blue += image.getRGB(x, y) == Palette.colour(0).getRGB() ? 1 : 0;
      }
    }
    assertThat(blue).isGreaterThan(1000);
  }

  @Test
  void bothFilesAreListedInTheManifest(@TempDir Path folder) {
    Path directory = folder.resolve("run");
    try (RunDirectory run = RunDirectory.claim(directory, "test", Json.object(), Json.object())) {
      Figures.write(run, "lds", chart("a"));
      run.finish(Json.object());
    }
    assertThat(Manifest.read(directory).names()).containsExactlyInAnyOrder("lds.svg", "lds.png");
    assertThat(Manifest.read(directory).verified("lds.svg"))
        .hasBinaryContent(Figures.svg(chart("a")));
  }
}
