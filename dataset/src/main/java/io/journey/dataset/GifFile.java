package io.journey.dataset;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The first picture of a GIF, on the whole of its screen. Read here because the JDK's reader fills
 * up in silence what a damaged file lacks, and gives a picture the size of its frame.
 */
final class GifFile {
  private static final int LARGEST_CODE = 12;

  private final ByteBuffer in;
  private final int width;
  private final int height;
  private int frameLeft;
  private int frameTop;
  private int frameWidth;
  private int frameHeight;
  private boolean interlaced;
  private byte[] palette;
  private int transparent = -1;

  /**
   * Reads everything in front of the first picture's samples.
   *
   * @throws IOException if the file ends before, or is no sequence of blocks
   */
  GifFile(byte[] file) throws IOException {
    in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(6);
    try {
      int screenWidth = unsignedShort();
      int screenHeight = unsignedShort();
      int flags = in.get();
      in.getShort(); // background and aspect
      palette = palette(flags);
      findFrame();
      width = Math.max(screenWidth, frameLeft + frameWidth);
      height = Math.max(screenHeight, frameTop + frameHeight);
    } catch (BufferUnderflowException e) {
      throw new IOException("it ends too early", e);
    }
    if (frameWidth == 0 || frameHeight == 0) {
      throw new IOException("its first picture has no pixels");
    }
  }

  private int unsignedShort() {
    return in.getShort() & 0xFFFF;
  }

  private byte[] palette(int flags) {
    if ((flags & 0x80) == 0) {
      return palette;
    }
    byte[] colours = new byte[3 << (flags & 7) + 1];
    in.get(colours);
    return colours;
  }

  private void findFrame() throws IOException {
    while (true) {
      int block = in.get();
      if (block == 0x21) {
        int label = in.get() & 0xFF;
        byte[] data = subBlocks();
        if (label == 0xF9 && data.length >= 4) {
          transparent = (data[0] & 1) == 1 ? data[3] & 0xFF : -1;
        }
      } else if (block == 0x2C) {
        frameLeft = unsignedShort();
        frameTop = unsignedShort();
        frameWidth = unsignedShort();
        frameHeight = unsignedShort();
        int flags = in.get();
        interlaced = (flags & 0x40) != 0;
        palette = palette(flags);
        return;
      } else {
        throw new IOException("it holds no picture, or something else in front of it");
      }
    }
  }

  private byte[] subBlocks() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int length = in.get() & 0xFF; length > 0; length = in.get() & 0xFF) {
      if (length > in.remaining()) {
        throw new BufferUnderflowException();
      }
      all.write(in.array(), in.position(), length);
      in.position(in.position() + length);
    }
    return all.toByteArray();
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /**
   * Decodes the picture. Around a frame that is smaller than the screen lies the transparent entry
   * of the palette, white, or if there is none its first entry.
   *
   * @return one channel if all entries of the palette are grey, otherwise three
   * @throws IOException if samples are missing or impossible
   */
  Pixels decode() throws IOException {
    byte[] indices;
    try {
      int codeBits = in.get();
      indices = unpack(subBlocks(), codeBits);
    } catch (BufferUnderflowException e) {
      throw new IOException("it ends too early", e);
    }
    byte[] screen = new byte[width * height];
    Arrays.fill(screen, (byte) Math.max(transparent, 0));
    int row = 0;
    for (int[] pass :
        interlaced ? new int[][] {{0, 8}, {4, 8}, {2, 4}, {1, 2}} : new int[][] {{0, 1}}) {
      for (int y = pass[0]; y < frameHeight; y += pass[1]) {
        int to = (frameTop + y) * width + frameLeft;
        System.arraycopy(indices, row++ * frameWidth, screen, to, frameWidth);
      }
    }
    return coloured(screen).noting(PictureChange.FIRST_FRAME, isFollowedByAPicture());
  }

  /** Whether another picture comes behind the first; what is damaged there does not count. */
  private boolean isFollowedByAPicture() {
    try {
      while (in.get(in.position()) == 0x21) {
        in.getShort();
        subBlocks();
      }
      return in.get() == 0x2C;
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      return false;
    }
  }

  private byte[] unpack(byte[] data, int firstBits) throws IOException {
    if (firstBits < 1 || firstBits >= LARGEST_CODE) {
      throw new IOException("its codes begin with " + firstBits + " bits");
    }
    LzwCodes codes = new LzwCodes(data, firstBits, frameWidth * frameHeight);
    boolean ended = codes.run();
    if (!ended && !followedByABlock()) {
      throw new IOException("its first picture has no end");
    }
    return codes.samples();
  }

  private boolean followedByABlock() {
    if (!in.hasRemaining()) {
      return false;
    }
    int next = in.get(in.position());
    return next == 0x21 || next == 0x2C || next == 0x3B;
  }

  private Pixels coloured(byte[] screen) {
    byte[] table = new byte[3 * 256]; // entries beyond the palette are black
    boolean grey = true;
    for (int i = 0; i < 256; i++) {
      for (int c = 0; c < 3; c++) {
        if (palette == null) {
          table[3 * i + c] = (byte) i;
        } else if (3 * i < palette.length) {
          table[3 * i + c] = palette[3 * i + c];
          grey &= palette[3 * i + c] == palette[3 * i];
        }
        if (i == transparent) {
          table[3 * i + c] = (byte) 255;
        }
      }
    }
    int channels = grey ? 1 : 3;
    byte[] out = new byte[channels * screen.length];
    boolean clear = false;
    for (int i = 0; i < screen.length; i++) {
      clear |= (screen[i] & 0xFF) == transparent;
      for (int c = 0; c < channels; c++) {
        out[c * screen.length + i] = table[3 * (screen[i] & 0xFF) + c];
      }
    }
    return Pixels.of(new ImageShape(channels, height, width), out)
        .noting(PictureChange.ON_WHITE, clear);
  }

  /** Codes of growing length; each stands for a string of samples met before. */
  private static final class LzwCodes {
    private final byte[] data;
    private final int firstBits;
    private final byte[] samples;
    private final int[] prefix = new int[1 << LARGEST_CODE];
    private final byte[] last = new byte[1 << LARGEST_CODE];
    private final int[] lengths = new int[1 << LARGEST_CODE];
    private int position;
    private int done;

    LzwCodes(byte[] data, int firstBits, int count) {
      this.data = data;
      this.firstBits = firstBits;
      this.samples = new byte[count];
      for (int i = 0; i < 1 << firstBits; i++) {
        last[i] = (byte) i;
        lengths[i] = 1;
        prefix[i] = -1;
      }
    }

    byte[] samples() {
      return samples;
    }

    /** Unpacks all samples; false if no end code follows them. */
    boolean run() throws IOException {
      int clear = 1 << firstBits;
      int bits = firstBits + 1;
      int next = clear + 2;
      int previous = -1;
      while (true) {
        int code = read(bits);
        if (code == clear) {
          bits = firstBits + 1;
          next = clear + 2;
          previous = -1;
          continue;
        }
        if (done == samples.length || code == clear + 1 || code < 0) {
          break;
        }
        if (code > next || code == next && previous < 0) {
          throw new IOException("its samples are packed with an impossible code");
        }
        if (previous >= 0 && next < 1 << LARGEST_CODE) {
          prefix[next] = previous;
          lengths[next] = lengths[previous] + 1;
          last[next] = first(code == next ? previous : code);
          next++;
          if (next == 1 << bits && bits < LARGEST_CODE) {
            bits++;
          }
        } else if (code >= next) {
          throw new IOException("its samples are packed with an impossible code");
        }
        write(code);
        previous = code;
      }
      if (done < samples.length) {
        throw new IOException(
            "it holds " + done + " of the " + samples.length + " pixels of its first picture");
      }
      return ended;
    }

    private boolean ended;

    private byte first(int code) {
      int at = code;
      while (prefix[at] >= 0) {
        at = prefix[at];
      }
      return last[at];
    }

    private void write(int code) {
      int length = lengths[code];
      int at = code;
      for (int i = done + length - 1; i >= done; i--) {
        if (i < samples.length) {
          samples[i] = last[at];
        }
        at = prefix[at];
      }
      done = Math.min(samples.length, done + length);
    }

    /** Returns the next code, −1 behind the last whole one. */
    private int read(int bits) {
      if (position + bits > 8L * data.length) {
        return -1;
      }
      int code = 0;
      for (int i = 0; i < bits; i++, position++) {
        code |= (data[position >> 3] >> (position & 7) & 1) << i;
      }
      ended = code == (1 << firstBits) + 1;
      return code;
    }
  }
}
