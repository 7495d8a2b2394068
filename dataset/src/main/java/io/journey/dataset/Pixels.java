package io.journey.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * One image as it is kept in memory, values 0..255 in the order C, H, W: bytes as they were in the
 * file, or floats where resizing made fractions.
 */
public final class Pixels {
  private static final float[] SCALED = new float[256];

  static {
    for (int v = 0; v < SCALED.length; v++) {
      SCALED[v] = scaled(v);
    }
  }

  private final ImageShape shape;
  private final byte[] bytes;
  private final float[] floats;
  private final Set<PictureChange> changes;

  private Pixels(ImageShape shape, byte[] bytes, float[] floats) {
    this(shape, bytes, floats, Set.of());
  }

  private Pixels(ImageShape shape, byte[] bytes, float[] floats, Set<PictureChange> changes) {
    this.shape = shape;
    this.bytes = bytes;
    this.floats = floats;
    this.changes = changes;
  }

  /** Returns an image of unsigned bytes, kept without copying. */
  public static Pixels of(ImageShape shape, byte[] bytes) {
    if (bytes.length != shape.numel()) {
      throw new IllegalArgumentException(bytes.length + " bytes for " + shape);
    }
    return new Pixels(shape, bytes, null);
  }

  ImageShape shape() {
    return shape;
  }

  /** Returns the same with a note of how decoding changed it, where it did. */
  Pixels noting(PictureChange change, boolean changed) {
    if (!changed) {
      return this;
    }
    Set<PictureChange> all = EnumSet.of(change);
    all.addAll(changes);
    return new Pixels(shape, bytes, floats, all);
  }

  /** Returns how decoding changed it; known of a picture as it was decoded, turned or not. */
  Set<PictureChange> changes() {
    return changes;
  }

  /** Memory its numbers take, in bytes. */
  long sizeInBytes() {
    return floats == null ? bytes.length : 4L * floats.length;
  }

  /** Writes {@code shape().numel()} numbers in [-1, 1]: v/127.5 − 1, correctly rounded. */
  void read(float[] out, int offset) {
    if (floats == null) {
      for (int i = 0; i < bytes.length; i++) {
        out[offset + i] = SCALED[bytes[i] & 0xFF];
      }
    } else {
      for (int i = 0; i < floats.length; i++) {
        out[offset + i] = scaled(floats[i]);
      }
    }
  }

  private static float scaled(double value) {
    return (float) (value / 127.5 - 1);
  }

  /** Adds its numbers to a hash: bytes, or floats in little endian. */
  void hash(MessageDigest digest) {
    if (floats == null) {
      digest.update((byte) 0);
      digest.update(bytes);
    } else {
      ByteBuffer buffer = ByteBuffer.allocate(4 * floats.length).order(ByteOrder.LITTLE_ENDIAN);
      buffer.asFloatBuffer().put(floats);
      digest.update((byte) 1);
      digest.update(buffer);
    }
  }

  /** Colour to grey, rounded (Rec. 601: 0.299 R + 0.587 G + 0.114 B), or grey repeated thrice. */
  Pixels withChannels(int channels) {
    if (channels == shape.channels()) {
      return this;
    }
    ImageShape wanted = new ImageShape(channels, shape.height(), shape.width());
    if (channels == 3) {
      return new Pixels(
          wanted, bytes == null ? null : repeat(bytes), floats == null ? null : repeat(floats));
    }
    if (floats != null) {
      throw new IllegalStateException("colour is turned to grey before resizing");
    }
    int plane = wanted.numel();
    byte[] grey = new byte[plane];
    for (int i = 0; i < plane; i++) {
      int r = bytes[i] & 0xFF;
      int g = bytes[plane + i] & 0xFF;
      int b = bytes[2 * plane + i] & 0xFF;
      grey[i] = (byte) ((299 * r + 587 * g + 114 * b + 500) / 1000);
    }
    return of(wanted, grey);
  }

  private static byte[] repeat(byte[] plane) {
    byte[] all = Arrays.copyOf(plane, 3 * plane.length);
    System.arraycopy(plane, 0, all, plane.length, plane.length);
    System.arraycopy(plane, 0, all, 2 * plane.length, plane.length);
    return all;
  }

  private static float[] repeat(float[] plane) {
    float[] all = Arrays.copyOf(plane, 3 * plane.length);
    System.arraycopy(plane, 0, all, plane.length, plane.length);
    System.arraycopy(plane, 0, all, 2 * plane.length, plane.length);
    return all;
  }

  /** Brings a square image to another side; only for images of bytes. */
  Pixels resized(int size) {
    int side = shape.height();
    if (side == size) {
      return this;
    }
    int channels = shape.channels();
    float[] resized = new SquareResize(side, size).apply(bytes, channels);
    return new Pixels(new ImageShape(channels, size, size), null, resized);
  }

  /** Exchanges left and right. */
  Pixels mirrored() {
    int width = shape.width();
    byte[] newBytes = bytes == null ? null : new byte[bytes.length];
    float[] newFloats = floats == null ? null : new float[floats.length];
    for (int row = 0; row < shape.numel(); row += width) {
      for (int x = 0; x < width; x++) {
        if (bytes == null) {
          newFloats[row + x] = floats[row + width - 1 - x];
        } else {
          newBytes[row + x] = bytes[row + width - 1 - x];
        }
      }
    }
    return new Pixels(shape, newBytes, newFloats);
  }

  /**
   * Exchanges rows and columns, and reads them from the other end; only for images of bytes.
   *
   * @param transposed whether rows become columns
   * @param fromRight whether columns of the stored picture are read from right to left
   * @param fromBottom whether its rows are read from bottom to top
   */
  Pixels turned(boolean transposed, boolean fromRight, boolean fromBottom) {
    int height = shape.height();
    int width = shape.width();
    int newHeight = transposed ? width : height;
    int newWidth = transposed ? height : width;
    byte[] out = new byte[bytes.length];
    int to = 0;
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = 0; y < newHeight; y++) {
        for (int x = 0; x < newWidth; x++) {
          int row = transposed ? x : y;
          int column = transposed ? y : x;
          row = fromBottom ? height - 1 - row : row;
          column = fromRight ? width - 1 - column : column;
          out[to++] = bytes[(c * height + row) * width + column];
        }
      }
    }
    return new Pixels(new ImageShape(shape.channels(), newHeight, newWidth), out, null, changes);
  }

  /** Cuts the largest square out of the middle; only for images of bytes. */
  Pixels centreSquare() {
    int height = shape.height();
    int width = shape.width();
    if (height == width) {
      return this;
    }
    int side = Math.min(height, width);
    int top = (height - side) / 2;
    int left = (width - side) / 2;
    byte[] out = new byte[shape.channels() * side * side];
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = 0; y < side; y++) {
        int from = (c * height + top + y) * width + left;
        System.arraycopy(bytes, from, out, (c * side + y) * side, side);
      }
    }
    return of(new ImageShape(shape.channels(), side, side), out);
  }
}
