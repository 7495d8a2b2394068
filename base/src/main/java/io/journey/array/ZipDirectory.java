package io.journey.array;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The places of the entries of a zip file. {@code torch.save} stores its entries as they are;
 * nothing here decompresses, so nothing can swell while it is read. Names are keys only, never
 * paths.
 *
 * <p>Layout (APPNOTE 6.3): local headers with data, the central directory, its end record, and
 * before that the zip64 end record and its locator where a number does not fit 16 or 32 bits.
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_64_LOCATOR = 0x07064b50;
  private static final int END_64 = 0x06064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT = 0xFFFF;
  private static final long MAX_DIRECTORY = 64L << 20;
  private static final long IS_64 = 0xFFFFFFFFL;

  /**
   * An entry.
   *
   * @param begin its first byte in the file
   * @param bytes its length
   * @param plain whether it is stored as it is, neither compressed nor encrypted
   */
  record Entry(long begin, long bytes, boolean plain) {}

  private final Path file;
  private final FileChannel channel;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private ZipDirectory(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Returns the entries of a zip file by name; none is listed twice. */
  static Map<String, Entry> read(Path file, FileChannel channel) throws IOException {
    ZipDirectory directory = new ZipDirectory(file, channel);
    directory.readEntries();
    return directory.entries;
  }

  /** Returns whether the file begins as a zip file does. */
  static boolean startsWithEntry(FileChannel channel) throws IOException {
    return channel.size() >= END_BYTES && FileBytes.read(channel, 0, 4).getInt(0) == LOCAL;
  }

  private void readEntries() throws IOException {
    long size = channel.size();
    int tail = (int) Math.min(size, END_BYTES + MAX_COMMENT);
    ByteBuffer end = FileBytes.read(channel, size - tail, tail);
    int at = tail - END_BYTES;
    while (at >= 0 && end.getInt(at) != END) {
      at--;
    }
    if (at < 0) {
      throw damaged("it has no directory of its entries at the end");
    }
    long count = Short.toUnsignedInt(end.getShort(at + 10));
    long bytes = Integer.toUnsignedLong(end.getInt(at + 12));
    long begin = Integer.toUnsignedLong(end.getInt(at + 16));
    long locator = size - tail + at - 20;
    if (locator >= 0 && FileBytes.read(channel, locator, 4).getInt(0) == END_64_LOCATOR) {
      long place = FileBytes.read(channel, locator + 8, 8).getLong(0);
      if (place < 0 || place > locator - 56) {
        throw damaged("its zip64 record claims to be at " + place);
      }
      ByteBuffer end64 = FileBytes.read(channel, place, 56);
      if (end64.getInt(0) != END_64) {
        throw damaged("its zip64 record is missing");
      }
      count = end64.getLong(32);
      bytes = end64.getLong(40);
      begin = end64.getLong(48);
    }
    if (begin < 0 || bytes < 0 || bytes > MAX_DIRECTORY || begin > size - bytes) {
      throw damaged("its directory claims " + Counted.of(bytes, "bytes") + " at " + begin);
    }
    readCentral(FileBytes.read(channel, begin, (int) bytes), count);
  }

  private void readCentral(ByteBuffer central, long count) throws IOException {
    int at = 0;
    for (long n = 0; n < count; n++) {
      if (at > central.limit() - 46 || central.getInt(at) != CENTRAL) {
        throw damaged("its directory lists " + Counted.of(n, "entries") + ", not " + count);
      }
      int nameBytes = Short.toUnsignedInt(central.getShort(at + 28));
      int extraBytes = Short.toUnsignedInt(central.getShort(at + 30));
      int commentBytes = Short.toUnsignedInt(central.getShort(at + 32));
      int next = at + 46 + nameBytes + extraBytes + commentBytes;
      if (next > central.limit()) {
        throw damaged("its directory is cut off");
      }
      byte[] text = new byte[nameBytes];
      central.get(at + 46, text);
      String name = new String(text, StandardCharsets.UTF_8);
      ByteBuffer extra =
          central.slice(at + 46 + nameBytes, extraBytes).order(ByteOrder.LITTLE_ENDIAN);
      if (entries.put(name, entry(name, central, at, extra)) != null) {
        throw damaged("it lists the entry " + Failures.quoted(name) + " twice");
      }
      at = next;
    }
  }

  private Entry entry(String name, ByteBuffer central, int at, ByteBuffer extra)
      throws IOException {
    long stored = Integer.toUnsignedLong(central.getInt(at + 20));
    long bytes = Integer.toUnsignedLong(central.getInt(at + 24));
    long header = Integer.toUnsignedLong(central.getInt(at + 42));
    int field = extra64(extra);
    // The zip64 field holds, in this order, those of the three that are marked.
    if (bytes == IS_64 && field >= 0 && field <= extra.limit() - 8) {
      bytes = extra.getLong(field);
      field += 8;
    }
    if (stored == IS_64 && field >= 0 && field <= extra.limit() - 8) {
      stored = extra.getLong(field);
      field += 8;
    }
    if (header == IS_64 && field >= 0 && field <= extra.limit() - 8) {
      header = extra.getLong(field);
    }
    long size = channel.size();
    boolean fits = header >= 0 && header <= size - 30 && stored >= 0;
    if (!fits || FileBytes.read(channel, header, 4).getInt(0) != LOCAL) {
      throw damaged("its entry " + Failures.quoted(name) + " is not where its directory says");
    }
    ByteBuffer lengths = FileBytes.read(channel, header + 26, 4);
    long begin =
        header
            + 30
            + Short.toUnsignedInt(lengths.getShort(0))
            + Short.toUnsignedInt(lengths.getShort(2));
    boolean plain = central.getShort(at + 10) == 0 && (central.getShort(at + 8) & 1) == 0;
    if (begin > size - stored || plain && stored != bytes) {
      throw damaged("its entry " + Failures.quoted(name) + " claims " + Counted.of(bytes, "bytes"));
    }
    return new Entry(begin, stored, plain);
  }

  /** Returns where the content of the zip64 extra field begins, or -1. */
  private static int extra64(ByteBuffer extra) {
    int at = 0;
    while (at <= extra.limit() - 4) {
      if (extra.getShort(at) == 1) {
        return at + 4;
      }
      at += 4 + Short.toUnsignedInt(extra.getShort(at + 2));
    }
    return -1;
  }

  private JourneyException damaged(String why) {
    return new JourneyException(
        file + " is not a whole PyTorch file: " + why + "; fetch or save it again.");
  }
}
