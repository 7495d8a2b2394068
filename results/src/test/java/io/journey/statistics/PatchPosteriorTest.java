package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.dataset.MemoryDataset;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import org.junit.jupiter.api.Test;

class PatchPosteriorTest {
  private static final double ALPHA_BAR = 0.6;

  /** The definition, place by place: all patches side by side, then one softmax for each pixel. */
  private static double[] slow(float[][] images, ImageShape shape, float[] noisy, int patch) {
    int half = patch / 2;
    int height = shape.height();
    int width = shape.width();
    double[] sums = new double[images.length];
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        double[] own = new double[images.length];
        double total = 0;
        for (int i = 0; i < images.length; i++) {
          for (int or = 0; or < height; or++) {
            for (int oc = 0; oc < width; oc++) {
              double squares = 0;
              boolean alike = true;
              for (int dr = -half; dr <= half; dr++) {
                for (int dc = -half; dc <= half; dc++) {
                  boolean inside = inside(r + dr, height) && inside(c + dc, width);
                  boolean otherInside = inside(or + dr, height) && inside(oc + dc, width);
                  alike &= inside == otherInside;
                  for (int k = 0; k < shape.channels() && inside && otherInside; k++) {
                    double difference =
                        noisy[(k * height + r + dr) * width + c + dc]
                            - Math.sqrt(ALPHA_BAR)
                                * images[i][(k * height + or + dr) * width + oc + dc];
                    squares += difference * difference;
                  }
                }
              }
              if (alike) {
                double weight = Math.exp(-squares / (2 * (1 - ALPHA_BAR)));
                own[i] += weight;
                total += weight;
              }
            }
          }
        }
        for (int i = 0; i < own.length; i++) {
          sums[i] += own[i] / total / (height * width);
        }
      }
    }
    return sums;
  }

  private static boolean inside(int place, int length) {
    return place >= 0 && place < length;
  }

  private static float[][] images(int count, ImageShape shape) {
    float[][] images = new float[count][shape.numel()];
    RandomStream stream = Seed.of(3).stream();
    for (float[] image : images) {
      stream.fillGaussian(image);
    }
    return images;
  }

  private static MemoryDataset dataset(float[][] images, ImageShape shape) {
    MemoryDataset dataset = new MemoryDataset(shape.channels(), shape.height(), shape.width());
    for (int i = 0; i < images.length; i++) {
      dataset.add("i" + i, Condition.NONE, images[i]);
    }
    return dataset;
  }

  @Test
  void weightsAreThoseOfTheDefinition() {
    ImageShape shape = new ImageShape(2, 6, 5);
    float[][] images = images(7, shape);
    MemoryDataset dataset = dataset(images, shape);
    float[] noisy = images(8, shape)[7];
    for (int patch : new int[] {1, 3, 7}) {
      double[] weights = new PatchPosterior(dataset, patch).weights(noisy, ALPHA_BAR);
      // Distances are summed in floats.
      assertThat(weights).containsExactly(slow(images, shape, noisy, patch), within(1e-5));
    }
  }

  /** A picture that is an image moved by one pixel is found by small patches alone. */
  @Test
  void aMovedPictureIsFoundByPatches() {
    ImageShape shape = new ImageShape(1, 12, 12);
    float[][] images = images(600, shape); // More than are compared at once.
    float[] moved = new float[shape.numel()];
    for (int j = 0; j < moved.length; j++) {
      moved[j] = (float) Math.sqrt(0.9) * images[555][(j + 1) % moved.length];
    }
    double[] weights = new PatchPosterior(dataset(images, shape), 3).weights(moved, 0.9);
    // Eight of twelve columns have a patch that no border cuts in either place.
    assertThat(weights[555]).isGreaterThan(0.3);
    double[] whole = new PatchPosterior(dataset(images, shape), 23).weights(moved, 0.9);
    assertThat(whole[555]).isLessThan(0.3);
  }

  @Test
  void anEvenSizeAndAnotherPictureAreRefused() {
    ImageShape shape = new ImageShape(1, 2, 2);
    MemoryDataset dataset = dataset(images(2, shape), shape);
    assertThatThrownBy(() -> new PatchPosterior(dataset, 4))
        .hasMessageContaining("patches need an odd size, got 4");
    assertThatThrownBy(() -> new PatchPosterior(dataset, 3).weights(new float[3], 0.5))
        .hasMessageContaining("a picture of 3 numbers");
  }
}
