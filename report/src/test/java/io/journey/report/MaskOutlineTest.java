package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.random.Seed;
import java.awt.geom.Path2D;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MaskOutlineTest {
  @Test
  void aRectangleIsFourLines() {
    float[] mask = new float[20];
    for (int i : new int[] {6, 7, 11, 12}) {
      mask[i] = 1;
    }
    assertThat(MaskOutline.path(mask, 4, 5)).isEqualTo("M1 1H3V3H1Z");
  }

  @Test
  void nothingInsideHasNoOutline() {
    assertThat(MaskOutline.path(new float[6], 2, 3)).isEmpty();
  }

  /** Holes, islands and pixels that touch at a corner: Java's own geometry fills the path. */
  @Test
  void filledByEitherRuleItCoversExactlyTheMask() {
    for (int seed = 0; seed < 20; seed++) {
      int height = 3 + seed % 7;
      int width = 2 + seed % 11;
      float[] mask = new float[height * width];
      Seed.of(seed).child("mask").stream().fillGaussian(mask);
      for (int i = 0; i < mask.length; i++) {
        mask[i] = mask[i] > 0 ? 1 : 0;
      }
      String path = MaskOutline.path(mask, height, width);
      for (int rule : new int[] {Path2D.WIND_EVEN_ODD, Path2D.WIND_NON_ZERO}) {
        Path2D filled = parsed(path, rule);
        for (int i = 0; i < mask.length; i++) {
          assertThat(filled.contains(i % width + 0.5, i / width + 0.5))
              .as("pixel %d of seed %d: %s", i, seed, path)
              .isEqualTo(mask[i] == 1);
        }
      }
    }
  }

  private static Path2D parsed(String text, int rule) {
    Path2D path = new Path2D.Double(rule);
    Matcher parts = Pattern.compile("M(\\d+) (\\d+)|H(\\d+)|V(\\d+)|Z").matcher(text);
    while (parts.find()) {
      switch (parts.group().charAt(0)) {
        case 'M' -> path.moveTo(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
        case 'H' -> path.lineTo(Integer.parseInt(parts.group(3)), path.getCurrentPoint().getY());
        case 'V' -> path.lineTo(path.getCurrentPoint().getX(), Integer.parseInt(parts.group(4)));
        default -> path.closePath();
      }
    }
    return path;
  }
}
