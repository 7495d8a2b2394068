package io.journey.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.MemoryDataset;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clusters by the bound must be those of all pairs compared pixel by pixel. */
class NearDuplicatesTest {
  private static int[] clusters(MemoryDataset data, double correlation) {
    return NearDuplicates.clusters(data, correlation, Progress.SILENT);
  }

  /** Pearson's correlation of all numbers of two images. */
  private static double correlation(float[] a, float[] b) {
    double meanA = 0;
    double meanB = 0;
    for (int i = 0; i < a.length; i++) {
      meanA += a[i] / (double) a.length;
      meanB += b[i] / (double) a.length;
    }
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }

  /** Marks spread over all pairs until nothing changes. */
  private static int[] obvious(float[][] images, double threshold) {
    int[] first = new int[images.length];
    Arrays.setAll(first, i -> i);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 0; i < images.length; i++) {
        for (int j = 0; j < images.length; j++) {
          if (first[j] < first[i] && correlation(images[i], images[j]) >= threshold) {
            first[i] = first[j];
            changed = true;
          }
        }
      }
    }
    int[] out = new int[first.length];
    for (int i = 0; i < first.length; i++) {
      int mine = first[i];
      out[i] = Arrays.stream(first).filter(f -> f == mine).count() > 1 ? mine : -1;
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8, 8, 0.99",
    "3, 5, 3, 0.98",
    "1, 1, 7, 0.95",
    "3, 17, 20, 0.99",
    "1, 9, 30, 0.6",
    "1, 4, 4, 0.9"
  })
  void clustersAreThoseOfAllPairs(int channels, int height, int width, double threshold) {
    MemoryDataset data = new MemoryDataset(channels, height, width);
    int numel = data.shape().numel();
    float[][] images = new float[90][numel];
    RandomStream random = Seed.of(numel).stream();
    float[] noise = new float[numel];
    for (int i = 0; i < images.length; i++) {
      Seed.of(numel).child(i).stream().fillGaussian(images[i]);
      if (i % 3 != 0) { // near an earlier one, so that chains arise
        float[] earlier = images[random.nextInt(i)];
        Seed.of(numel).child(i).child("noise").stream().fillGaussian(noise);
        double size = Math.sqrt(1 - threshold) * (0.3 + 1.4 * random.uniform(1000 + i));
        for (int k = 0; k < numel; k++) {
          images[i][k] = (float) (0.7 * (earlier[k] + size * noise[k]) - 0.1);
        }
      }
      data.add("" + i, 0, images[i]);
    }
    int[] expected = obvious(images, threshold);
    assertThat(clusters(data, threshold)).isEqualTo(expected);
    assertThat(Arrays.stream(expected).filter(c -> c >= 0).distinct().count()).isPositive();
    assertThat(Arrays.stream(expected).filter(c -> c < 0).count()).isPositive();
  }

  @Test
  void imagesOfOneColourAreAlone() {
    MemoryDataset data = new MemoryDataset(1, 2, 2);
    data.add("a", 0, 1, 1, 1, 1).add("b", 0, 1, 1, 1, 1);
    data.add("c", 0, 0, 1, 0, 1).add("d", 0, -1, 0.5f, -1, 0.5f);
    assertThat(clusters(data, 0.99)).containsExactly(-1, -1, 2, 2);
    assertThatThrownBy(() -> clusters(data, 0)).isInstanceOf(SettingException.class);
  }
}
