package io.journey.benchmarks.hostile;

import io.journey.random.RandomStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Changes to bytes of which nothing is known. */
final class ByteMutations {
  /** What a file may grow to. */
  private static final int LARGEST = 1 << 18;

  private static final int HEADER = 64;

  private static final long[] EXTREMES = {
    0,
    1,
    -1,
    Byte.MAX_VALUE,
    Short.MAX_VALUE,
    0xFFFF,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xFFFF_FFFFL,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    0x7FF8_0000_0000_0000L, // NaN
    0x7FF0_0000_0000_0000L, // infinity
    0x7FC0_0000L // NaN of 32 bits
  };

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "1",
          "2147483647",
          "2147483648",
          "4294967295",
          "9223372036854775807",
          "99999999999999999999",
          "1e308",
          "NaN");

  private final RandomStream random;
  private final List<byte[]> others;
  private byte[] bytes;
  private String said = "";

  /**
   * Changes to one file.
   *
   * @param others further files of the kind, from which parts are taken
   */
  ByteMutations(byte[] bytes, List<byte[]> others, RandomStream random) {
    this.bytes = bytes;
    this.others = others;
    this.random = random;
  }

  /** One to four changes. */
  byte[] several() {
    int count = 1;
    while (count < 4 && random.nextInt(2) == 0) {
      count++;
    }
    for (int i = 0; i < count; i++) {
      one();
    }
    return bytes;
  }

  /** Returns what was done. */
  String said() {
    return said.strip();
  }

  private void one() {
    if (bytes.length == 0) {
      insert(random(1 + random.nextInt(16)), "began");
      return;
    }
    int at = place();
    int span = span(at);
    switch (random.nextInt(14)) {
      case 0 -> flip();
      case 1 -> overwrite(at, new byte[] {interesting()}, "set");
      case 2 -> replace(at, bytes.length - at, new byte[0], "cut");
      case 3 -> insert(random(1 + random.nextInt(HEADER)), "inserted");
      case 4 -> insert(Arrays.copyOfRange(bytes, at, at + span), "doubled");
      case 5 -> replace(at, span, new byte[0], "removed");
      case 6 -> overwrite(at, new byte[span], "zeroed");
      case 7 -> overwrite(at, random(span), "scrambled");
      case 8 -> overwrite(place(), Arrays.copyOfRange(bytes, at, at + span), "moved");
      case 9 -> splice(at);
      case 10, 11 -> extreme(at);
      case 12 -> digits(at);
      default -> repeat(at, Math.min(span, 16));
    }
  }

  /** Near the beginning, near the end, or anywhere. */
  private int place() {
    int length = bytes.length;
    return switch (random.nextInt(5)) {
      case 0, 1 -> random.nextInt(Math.min(HEADER, length));
      case 2 -> length - 1 - random.nextInt(Math.min(HEADER, length));
      default -> random.nextInt(length);
    };
  }

  private int span(int at) {
    int most = random.nextInt(3) == 0 ? bytes.length : HEADER;
    return 1 + random.nextInt(Math.min(bytes.length - at, most));
  }

  private byte interesting() {
    byte[] some = {0, 1, 0x7F, (byte) 0x80, (byte) 0xFF};
    return random.nextInt(2) == 0 ? some[random.nextInt(some.length)] : (byte) random.nextInt(256);
  }

  private byte[] random(int count) {
    byte[] out = new byte[count];
    boolean same = random.nextInt(3) == 0;
    byte value = interesting();
    for (int i = 0; i < count; i++) {
      out[i] = same ? value : (byte) random.nextInt(256);
    }
    return out;
  }

  private void flip() {
    byte[] out = bytes.clone();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      int at = place();
      out[at] ^= (byte) (1 << random.nextInt(8));
      say("flipped", at, 1);
    }
    bytes = out;
  }

  private void splice(int at) {
    byte[] other = others.isEmpty() ? bytes : others.get(random.nextInt(others.size()));
    int from = other.length == 0 ? 0 : random.nextInt(other.length);
    replace(at, bytes.length - at, Arrays.copyOfRange(other, from, other.length), "spliced");
  }

  private void extreme(int at) {
    int width = 1 << random.nextInt(4);
    ByteOrder order = random.nextInt(2) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    long value = EXTREMES[random.nextInt(EXTREMES.length)];
    byte[] eight = ByteBuffer.allocate(8).order(order).putLong(value).array();
    byte[] some =
        order == ByteOrder.LITTLE_ENDIAN
            ? Arrays.copyOf(eight, width)
            : Arrays.copyOfRange(eight, 8 - width, 8);
    overwrite(at, some, "extreme");
  }

  /** The next number written in digits becomes an extreme one. */
  private void digits(int at) {
    int from = at;
    while (from < bytes.length && !isDigit(bytes[from])) {
      from++;
    }
    int to = from;
    while (to < bytes.length && isDigit(bytes[to])) {
      to++;
    }
    String number = NUMBERS.get(random.nextInt(NUMBERS.size()));
    replace(from, to - from, number.getBytes(StandardCharsets.US_ASCII), "number " + number);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Many times the same: what makes recursion deep and lists long. */
  private void repeat(int at, int span) {
    int times = 1 << (3 + random.nextInt(13));
    byte[] part = Arrays.copyOfRange(bytes, at, at + span);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < times && out.size() < LARGEST; i++) {
      out.writeBytes(part);
    }
    replace(at, span, out.toByteArray(), "repeated ×" + times);
  }

  private void insert(byte[] some, String word) {
    replace(bytes.length == 0 ? 0 : place(), 0, some, word);
  }

  private void overwrite(int at, byte[] some, String word) {
    int count = Math.min(some.length, bytes.length - at);
    replace(at, count, Arrays.copyOf(some, count), word);
  }

  private void replace(int at, int count, byte[] by, String word) {
    int room = Math.max(0, Math.max(LARGEST, bytes.length) - (bytes.length - count));
    int added = Math.min(by.length, room);
    byte[] out = new byte[bytes.length - count + added];
    System.arraycopy(bytes, 0, out, 0, at);
    System.arraycopy(by, 0, out, at, added);
    System.arraycopy(bytes, at + count, out, at + added, bytes.length - at - count);
    bytes = out;
    say(word, at, Math.max(count, added));
  }

  private void say(String word, int at, int count) {
    said += " " + word + " " + count + " at " + at + ";";
  }
}
