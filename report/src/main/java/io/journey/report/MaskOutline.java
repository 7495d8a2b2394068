package io.journey.report;

/** The boundary of a mask as the path of an SVG, closed loops in units of pixels. */
final class MaskOutline {
  private static final int RIGHT = 1;
  private static final int DOWN = 2;
  private static final int LEFT = 4;
  private static final int UP = 8;

  private final float[] mask;
  private final int height;
  private final int width;

  /**
   * The directions in which the boundary leaves each corner of a pixel, with the inside on its
   * right hand, [(H + 1)·(W + 1)].
   */
  private final int[] leaving;

  private MaskOutline(float[] mask, int height, int width) {
    this.mask = mask;
    this.height = height;
    this.width = width;
    this.leaving = new int[(height + 1) * (width + 1)];
  }

  /**
   * Returns the path. Filled by either rule of SVG it covers exactly the pixels inside.
   *
   * @param mask [H·W], more than ½ inside
   */
  static String path(float[] mask, int height, int width) {
    MaskOutline outline = new MaskOutline(mask, height, width);
    outline.findEdges();
    StringBuilder path = new StringBuilder();
    for (int corner = 0; corner < outline.leaving.length; corner++) {
      while (outline.leaving[corner] != 0) {
        outline.follow(corner, path);
      }
    }
    return path.toString();
  }

  private boolean inside(int y, int x) {
    return y >= 0 && x >= 0 && y < height && x < width && mask[y * width + x] > 0.5f;
  }

  private int corner(int y, int x) {
    return y * (width + 1) + x;
  }

  private void findEdges() {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (inside(y, x)) {
          leaving[corner(y, x)] |= inside(y - 1, x) ? 0 : RIGHT;
          leaving[corner(y, x + 1)] |= inside(y, x + 1) ? 0 : DOWN;
          leaving[corner(y + 1, x + 1)] |= inside(y + 1, x) ? 0 : LEFT;
          leaving[corner(y + 1, x)] |= inside(y, x - 1) ? 0 : UP;
        }
      }
    }
  }

  /** Follows the boundary from a corner until it is back there, and takes its edges away. */
  private void follow(int first, StringBuilder path) {
    path.append('M').append(first % (width + 1)).append(' ').append(first / (width + 1));
    int at = first;
    int before = 0;
    do {
      int direction = Integer.lowestOneBit(leaving[at]);
      if (before != 0 && direction != before) {
        turn(at, before, path);
      }
      leaving[at] ^= direction;
      at += step(direction);
      before = direction;
    } while (at != first);
    path.append('Z');
  }

  private void turn(int corner, int before, StringBuilder path) {
    if (before == RIGHT || before == LEFT) {
      path.append('H').append(corner % (width + 1));
    } else {
      path.append('V').append(corner / (width + 1));
    }
  }

  private int step(int direction) {
    return switch (direction) {
      case RIGHT -> 1;
      case LEFT -> -1;
      case DOWN -> width + 1;
      default -> -(width + 1);
    };
  }
}
