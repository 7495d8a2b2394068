package io.journey.statistics;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import java.util.Arrays;

/**
 * From which training images a noisy picture may be, patch by patch, without any model: NDA
 * (nonparametric data attribution, arXiv 2510.14269) of one size of patches.
 *
 * <p>Let x = √ᾱ·x_0 + √(1−ᾱ)·ε be the picture and x_p its patch of P×P pixels around p. If x_0's
 * patch were one of the patches y_{i,q} of training image i around a place q, each alike likely
 * beforehand, then it is that one with the probability
 *
 * <pre>w_p(i, q) ∝ exp(−‖x_p − √ᾱ·y_{i,q}‖² / 2(1−ᾱ)).</pre>
 *
 * <p>The weight of image i is the mean over all p of Σ_q w_p(i, q). A patch that the border cuts is
 * compared with those that it cuts in the same way.
 */
public final class PatchPosterior {
  /** Images that are compared at once: what their pixels take stays in the cache. */
  private static final int BLOCK = 512;

  private final ImageShape shape;
  private final int images;
  private final int half;
  private final float[][][] blocks; // [blocks][C·H·W][images of the block]

  /**
   * Reads all training images, 4·C·H·W bytes each.
   *
   * @param dataset N training images as the model takes them
   * @param patch P, odd and at least 1; pixels beyond the border are left out of a patch
   */
  public PatchPosterior(Dataset dataset, int patch) {
    if (patch < 1 || patch % 2 == 0) {
      throw new IllegalArgumentException("patches need an odd size, got " + patch);
    }
    shape = dataset.shape();
    images = dataset.size();
    half = patch / 2;
    blocks = new float[(images + BLOCK - 1) / BLOCK][shape.numel()][];
    float[] image = new float[shape.numel()];
    for (int b = 0; b < blocks.length; b++) {
      int first = b * BLOCK;
      int count = Math.min(BLOCK, images - first);
      for (int j = 0; j < image.length; j++) {
        blocks[b][j] = new float[count];
      }
      for (int i = 0; i < count; i++) {
        dataset.read(first + i, image, 0);
        for (int j = 0; j < image.length; j++) {
          blocks[b][j][i] = image[j];
        }
      }
    }
  }

  /**
   * Returns the weight of every training image.
   *
   * @param noisy x, [C·H·W]
   * @param alphaBar ᾱ of its step, below 1
   * @return [N], at least 0, with the sum 1
   */
  public double[] weights(float[] noisy, double alphaBar) {
    if (noisy.length != shape.numel()) {
      throw new IllegalArgumentException(
          "a picture of " + noisy.length + " numbers, training images have " + shape.numel());
    }
    double[] sums = new double[images];
    for (int row = 0; row < shape.height(); row++) {
      for (int column = 0; column < shape.width(); column++) {
        double[] logs = new double[images];
        for (int b = 0; b < blocks.length; b++) {
          Evidence evidence = new Evidence(blocks[b], noisy, alphaBar);
          evidence.gather(row, column);
          evidence.into(logs, b * BLOCK);
        }
        addPosterior(logs, sums);
      }
    }
    int pixels = shape.height() * shape.width();
    for (int i = 0; i < images; i++) {
      sums[i] /= pixels;
    }
    return sums;
  }

  private static void addPosterior(double[] logs, double[] sums) {
    double most = Arrays.stream(logs).max().orElseThrow();
    double total = 0;
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.exp(logs[i] - most);
      total += logs[i];
    }
    for (int i = 0; i < logs.length; i++) {
      sums[i] += logs[i] / total;
    }
  }

  /** ln Σ_q exp(−‖x_p − √ᾱ·y_{i,q}‖² / 2(1−ᾱ)) of the images of a block, for one patch x_p. */
  private final class Evidence {
    private final float[][] pixels;
    private final float[] noisy;
    private final float signal;
    private final double scale;
    private final float[] distances;
    private final double[] most;
    private final double[] rest; // Σ_q exp(l_q − most)

    Evidence(float[][] pixels, float[] noisy, double alphaBar) {
      this.pixels = pixels;
      this.noisy = noisy;
      signal = (float) Math.sqrt(alphaBar);
      scale = -0.5 / (1 - alphaBar);
      int count = pixels[0].length;
      distances = new float[count];
      most = new double[count];
      rest = new double[count];
      Arrays.fill(most, Double.NEGATIVE_INFINITY);
    }

    void gather(int row, int column) {
      int height = shape.height();
      int width = shape.width();
      for (int r = first(row, height); r <= last(row, height); r++) {
        for (int c = first(column, width); c <= last(column, width); c++) {
          compare(row, column, r, c);
          addPlace();
        }
      }
    }

    private void compare(int row, int column, int otherRow, int otherColumn) {
      Arrays.fill(distances, 0);
      int up = Math.max(-half, -row);
      int down = Math.min(half, shape.height() - 1 - row);
      int left = Math.max(-half, -column);
      int right = Math.min(half, shape.width() - 1 - column);
      for (int channel = 0; channel < shape.channels(); channel++) {
        for (int r = up; r <= down; r++) {
          int own = (channel * shape.height() + row + r) * shape.width() + column;
          int other = (channel * shape.height() + otherRow + r) * shape.width() + otherColumn;
          for (int c = left; c <= right; c++) {
            addSquares(noisy[own + c], pixels[other + c]);
          }
        }
      }
    }

    private void addSquares(float asked, float[] values) {
      for (int i = 0; i < distances.length; i++) {
        float difference = asked - signal * values[i];
        distances[i] += difference * difference;
      }
    }

    private void addPlace() {
      for (int i = 0; i < distances.length; i++) {
        double log = scale * distances[i];
        if (log > most[i]) {
          rest[i] = 1 + rest[i] * Math.exp(most[i] - log);
          most[i] = log;
        } else {
          rest[i] += Math.exp(log - most[i]);
        }
      }
    }

    void into(double[] logs, int first) {
      for (int i = 0; i < most.length; i++) {
        logs[first + i] = most[i] + Math.log(rest[i]);
      }
    }
  }

  /** The first place whose patch the border cuts as it cuts the one at a place. */
  private int first(int place, int length) {
    return isCut(place, length) ? place : half;
  }

  private int last(int place, int length) {
    return isCut(place, length) ? place : length - 1 - half;
  }

  private boolean isCut(int place, int length) {
    return place < half || place >= length - half;
  }
}
