package io.journey.dataset;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The chunks of a WebP and its first picture. Only samples and opacity reach the decoder, libwebp;
 * profiles are left out.
 */
final class WebpFile {
  private static final int FRAME_HEADER = 16;

  private final Orientation orientation = new Orientation();
  private byte[] opacity;
  private byte[] samples;
  private boolean lossless;
  private boolean animated;
  private int canvasWidth;
  private int canvasHeight;
  private int left;
  private int top;
  private int width;
  private int height;

  /**
   * Walks through all chunks.
   *
   * @throws IOException if the file is shorter than it says, or holds no picture
   */
  WebpFile(byte[] file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long end = 8 + (in.getInt(4) & 0xFFFFFFFFL);
    if (end > file.length) {
      throw new IOException("it ends too early");
    }
    chunks(in.limit((int) end).position(12));
    if (samples == null) {
      throw new IOException("it holds no picture");
    }
    size();
    if (canvasWidth == 0) {
      canvasWidth = width;
      canvasHeight = height;
    }
    if (left + width > canvasWidth || top + height > canvasHeight) {
      throw new IOException("its picture is larger than its canvas");
    }
  }

  private void chunks(ByteBuffer in) throws IOException {
    while (in.remaining() >= 8) {
      byte[] name = new byte[4];
      in.get(name);
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new IOException("it ends too early");
      }
      ByteBuffer data = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      in.position(Math.min(in.limit(), in.position() + length + (length & 1)));
      chunk(new String(name, StandardCharsets.ISO_8859_1), data);
    }
  }

  private void chunk(String name, ByteBuffer data) throws IOException {
    switch (name) {
      case "VP8X" -> {
        require(data, 10);
        canvasWidth = 1 + threeBytes(data, 4);
        canvasHeight = 1 + threeBytes(data, 7);
      }
      case "ANMF" -> {
        require(data, FRAME_HEADER);
        animated |= samples != null;
        if (samples == null) {
          left = 2 * threeBytes(data, 0);
          top = 2 * threeBytes(data, 3);
          chunks(data.position(FRAME_HEADER));
        }
      }
      case "ALPH" -> opacity = samples == null ? bytes(data) : opacity;
      case "VP8 ", "VP8L" -> {
        if (samples == null) {
          samples = bytes(data);
          lossless = name.equals("VP8L");
        }
      }
      case "EXIF" -> orientation.exif(bytes(data));
      case "XMP " -> orientation.xmp(bytes(data));
      default -> {} // profiles, and what is to come
    }
  }

  private static void require(ByteBuffer data, int length) throws IOException {
    if (data.remaining() < length) {
      throw new IOException("one of its headers is too short");
    }
  }

  private static int threeBytes(ByteBuffer data, int at) {
    return data.getShort(at) & 0xFFFF | (data.get(at + 2) & 0xFF) << 16;
  }

  private static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }

  private void size() throws IOException {
    ByteBuffer header = ByteBuffer.wrap(samples).order(ByteOrder.LITTLE_ENDIAN);
    require(header, lossless ? 5 : 10);
    if (lossless) {
      int bits = header.getInt(1);
      width = 1 + (bits & 0x3FFF);
      height = 1 + (bits >> 14 & 0x3FFF);
    } else {
      width = header.getShort(6) & 0x3FFF;
      height = header.getShort(8) & 0x3FFF;
    }
  }

  int width() {
    return canvasWidth;
  }

  int height() {
    return canvasHeight;
  }

  /** Whether it has more pictures than the first. */
  boolean isAnimated() {
    return animated;
  }

  /** From 1 to 8. */
  int orientation() {
    return orientation.value();
  }

  /**
   * Decodes the first picture and places it on a transparent canvas.
   *
   * @throws IOException if libwebp refuses it
   */
  BufferedImage decode() throws IOException {
    BufferedImage picture;
    ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(pictureAlone()))) {
      reader.setInput(in, true, true);
      picture = reader.read(0);
    } finally {
      reader.dispose();
    }
    if (picture.getWidth() == canvasWidth && picture.getHeight() == canvasHeight) {
      return picture;
    }
    BufferedImage canvas =
        new BufferedImage(canvasWidth, canvasHeight, BufferedImage.TYPE_INT_ARGB);
    int[] row = new int[picture.getWidth()];
    for (int y = 0; y < picture.getHeight(); y++) {
      picture.getRGB(0, y, row.length, 1, row, 0, row.length);
      canvas.setRGB(left, top + y, row.length, 1, row, 0, row.length);
    }
    return canvas;
  }

  private byte[] pictureAlone() {
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    chunks.writeBytes("WEBP".getBytes(StandardCharsets.ISO_8859_1));
    if (opacity != null && !lossless) {
      ByteBuffer extended = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
      extended.putInt(0x10); // has opacity
      extended.putShort((short) (width - 1)).put((byte) 0);
      extended.putShort((short) (height - 1)).put((byte) 0);
      write(chunks, "VP8X", extended.array());
      write(chunks, "ALPH", opacity);
    }
    write(chunks, lossless ? "VP8L" : "VP8 ", samples);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, "RIFF", chunks.toByteArray());
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, String name, byte[] data) {
    out.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(data.length).array());
    out.writeBytes(Arrays.copyOf(data, data.length + (data.length & 1)));
  }
}
