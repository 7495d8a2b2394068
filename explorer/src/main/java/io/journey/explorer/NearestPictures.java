package io.journey.explorer;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Which training images look like another: by the distance of pixels, on pictures made as small as
 * {@value #SIDE} × {@value #SIDE}. It finds copies and crops of little, not what is shown.
 */
final class NearestPictures {
  private static final int SIDE = 16;

  /** A picture of the numbers between 0 and 255. */
  private final byte[][] small;

  private NearestPictures(byte[][] small) {
    this.small = small;
  }

  /**
   * A picture that is near.
   *
   * @param image its number
   * @param distance root mean square of the differences, as a share of the range from black to
   *     white
   */
  record Near(int image, double distance) {}

  /**
   * Reads all images of a data set once.
   *
   * @param pause run before each, which may wait
   */
  static NearestPictures of(Dataset data, Runnable pause) {
    ImageShape shape = data.shape();
    byte[][] small = new byte[data.size()][];
    float[] pixels = new float[shape.numel()];
    for (int i = 0; i < small.length; i++) {
      pause.run();
      data.read(i, pixels, 0);
      small[i] = shrunk(pixels, shape);
    }
    return new NearestPictures(small);
  }

  /** Returns the means over the cells of a grid. */
  private static byte[] shrunk(float[] pixels, ImageShape shape) {
    int height = Math.min(SIDE, shape.height());
    int width = Math.min(SIDE, shape.width());
    byte[] out = new byte[shape.channels() * height * width];
    for (int cell = 0; cell < out.length; cell++) {
      int c = cell / (height * width);
      int y = cell / width % height;
      int x = cell % width;
      double sum = 0;
      int count = 0;
      for (int r = y * shape.height() / height; r < (y + 1) * shape.height() / height; r++) {
        for (int s = x * shape.width() / width; s < (x + 1) * shape.width() / width; s++) {
          sum += pixels[(c * shape.height() + r) * shape.width() + s];
          count++;
        }
      }
      double grey = Math.min(1, Math.max(-1, sum / count)) * 127.5 + 127.5;
      out[cell] = (byte) Math.round(grey);
    }
    return out;
  }

  /** Returns the images nearest to one of them, nearest first, itself left out. */
  List<Near> to(int image, int count) {
    Comparator<Near> nearer =
        Comparator.comparingDouble(Near::distance).thenComparingInt(Near::image);
    PriorityQueue<Near> found = new PriorityQueue<>(nearer.reversed());
    for (int i = 0; i < small.length; i++) {
      if (i != image) {
        found.add(new Near(i, distance(small[image], small[i])));
        if (found.size() > count) {
          found.poll();
        }
      }
    }
    List<Near> near = new ArrayList<>(found);
    near.sort(nearer);
    return near;
  }

  private static double distance(byte[] a, byte[] b) {
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      int difference = (a[i] & 255) - (b[i] & 255);
      sum += (long) difference * difference;
    }
    return Math.sqrt((double) sum / a.length) / 255;
  }
}
