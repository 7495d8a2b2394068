package io.journey.array;

import java.nio.ByteBuffer;

/**
 * A long byte string of a pickle: where it lies, not a copy. Before protocol 3 Python writes it as
 * a text whose characters are the bytes.
 */
final class PickledBytes {
  private static final int UNKNOWN = -2;
  private static final int NONE = -1;

  private final Form form;
  private final int offset;
  private final int stored;
  private int length = UNKNOWN;

  /** The notation of a byte string. */
  enum Form {
    /** As it is. */
    PLAIN,
    /** A text in UTF-8. */
    UTF8,
    /** A line of text in which some characters are written {@code \}{@code u000a}. */
    ESCAPED
  }

  /**
   * A byte string.
   *
   * @param offset in the pickle
   * @param stored how many bytes it takes there
   */
  PickledBytes(Form form, int offset, int stored) {
    this.form = form;
    this.offset = offset;
    this.stored = stored;
  }

  /** Returns where it lies as it is, or -1. */
  int offset() {
    return form == Form.PLAIN ? offset : NONE;
  }

  /** Returns how many bytes it is, -1 where it is a text that is no byte string. */
  int length(ByteBuffer pickle) {
    if (length == UNKNOWN) { // once: a pickle may name it again and again
      length = form == Form.PLAIN ? stored : write(pickle, null);
    }
    return length;
  }

  /** Returns a copy of the bytes. */
  byte[] copy(ByteBuffer pickle) {
    byte[] bytes = new byte[length(pickle)];
    if (form == Form.PLAIN) {
      pickle.get(offset, bytes);
    } else {
      write(pickle, bytes);
    }
    return bytes;
  }

  /** Writes the bytes, or only counts them. */
  private int write(ByteBuffer pickle, byte[] out) {
    int count = 0;
    int end = offset + stored;
    for (int at = offset; at < end; count++) {
      int value = Byte.toUnsignedInt(pickle.get(at++));
      if (form == Form.ESCAPED && value == '\\') {
        int digits = at < end ? digits(pickle.get(at)) : 0;
        if (digits > 0) {
          value = at + digits < end ? hexadecimal(pickle, at + 1, digits) : NONE;
          at += 1 + digits;
        }
      } else if (form == Form.UTF8 && value >= 0x80) {
        int next = at < end ? Byte.toUnsignedInt(pickle.get(at++)) : 0;
        value = (value & 0xFE) == 0xC2 && next >> 6 == 2 ? value << 6 & 0xC0 | next & 0x3F : NONE;
      }
      if (value < 0 || value > 0xFF) {
        return NONE;
      }
      if (out != null) {
        out[count] = (byte) value;
      }
    }
    return count;
  }

  /** Returns how many digits follow a backslash and this letter. */
  static int digits(byte letter) {
    return letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  }

  /** Returns the number that some digits are, -1 where they are none. */
  static int hexadecimal(ByteBuffer pickle, int offset, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(pickle.get(offset + i), 16);
      if (digit < 0 || value > Character.MAX_CODE_POINT >> 4) {
        return NONE;
      }
      value = value << 4 | digit;
    }
    return value <= Character.MAX_CODE_POINT ? value : NONE;
  }
}
