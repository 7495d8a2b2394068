package io.journey.dataset;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import io.journey.run.Progress;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The files of a tar archive, gzipped or not, front to back. Nothing is unpacked to a name of the
 * archive's; names that lead out of it, links and devices are refused all the same, as such an
 * archive is not what its reader takes it for.
 */
final class TarReader implements AutoCloseable {
  /** Long names and pax headers may take so much. */
  private static final int MAX_HEADER = 1 << 20;

  private static final int RECORD = 512;

  /** A single image may take this part of the heap. */
  private static final int HEAP_SHARE = 8;

  private static final long PROGRESS_UNIT = 1 << 20;

  private final Path file;
  private final SourceFile source;
  private final ByteStream raw;
  private final Metered content;
  private final TarArchiveInputStream tar;
  private final Spill unpacked;
  private final Progress.Task task;
  private long told;
  private TarArchiveEntry entry;
  private String name;
  private long dataStart;

  private TarReader(Path file, Progress progress) throws IOException {
    this.file = file;
    this.source = SourceFile.of(file);
    if (source.size() == 0) {
      throw new JourneyException(file + " is empty, 0 bytes: copy it again from its source.");
    }
    this.raw = source.stream(0, source.size());
    try {
      boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.rewind();
      this.content = new Metered(gzip ? new GZIPInputStream(raw, 1 << 16) : raw);
      this.unpacked = gzip ? new Spill(file) : null;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
    this.tar = new TarArchiveInputStream(content, "UTF-8");
    String title = (unpacked == null ? "Listing " : "Unpacking ") + file.getFileName();
    this.task = progress.start(title, source.size() / PROGRESS_UNIT, "MB");
  }

  static TarReader open(Path file, Progress progress) throws IOException {
    return new TarReader(file, progress);
  }

  /** Returns what went wrong as a sentence. */
  static JourneyException damaged(Path file, IOException e) {
    String reason = e instanceof ZipException ? "its compression is broken" : Failures.reason(e);
    return new JourneyException(
        file + " is a damaged tar file (" + reason + "): copy it again from its source.", e);
  }

  /**
   * Goes to the next file; folders and files whose names start with a dot are passed over.
   *
   * @return whether there is one
   * @throws JourneyException if the archive holds something else
   */
  boolean next() throws IOException {
    do {
      passOver();
      content.allow(MAX_HEADER);
      try {
        entry = tar.getNextEntry();
      } catch (IllegalArgumentException e) {
        throw new IOException("a header is broken", e);
      }
      content.allow(Long.MAX_VALUE);
      tellProgress();
      if (entry == null) {
        if (!content.sawEnd()) {
          throw new EOFException("it has no end mark");
        }
        return false;
      }
      dataStart = content.position();
      name = checkedName();
    } while (entry.isDirectory() || isHidden(name));
    checkSize();
    return true;
  }

  private void tellProgress() {
    long now = raw.position() / PROGRESS_UNIT;
    task.advance(now - told);
    told = now;
  }

  /** Reads to the end of the present entry, so that a header is all that is read next. */
  private void passOver() throws IOException {
    if (entry != null) {
      long rest = entry.getSize() - (content.position() - dataStart);
      while (rest > 0) {
        long n = tar.skip(rest);
        if (n <= 0) {
          throw new EOFException("it ends inside " + name);
        }
        rest -= n;
      }
    }
  }

  private String checkedName() {
    String given = entry.getName();
    String path = given.replace('\\', '/');
    if (path.startsWith("/")
        || path.matches("[A-Za-z]:.*")
        || Arrays.asList(path.split("/")).contains("..")) {
      throw refused(given, "a name that leads out of the archive");
    }
    if (!isUtf8(path)) {
      throw refused(given, "a name that is not UTF-8");
    }
    if (entry.isLink() || entry.isSymbolicLink()) {
      throw refused(given, "a link");
    }
    if (entry.isCharacterDevice()
        || entry.isBlockDevice()
        || entry.isFIFO()
        || entry.isSparse()
        || !(entry.isDirectory() || entry.isFile())) {
      throw refused(given, "a device or a file with holes");
    }
    while (path.startsWith("./")) {
      path = path.substring(2);
    }
    return path.replaceAll("/+", "/");
  }

  /** Bytes that are not UTF-8 are read as "?", so that several names could become one. */
  private boolean isUtf8(String path) {
    return Arrays.stream(path.split("/"))
        .filter(part -> part.indexOf('?') >= 0)
        .allMatch(content::isInHeader);
  }

  private JourneyException refused(String given, String what) {
    String shown = given.length() <= 200 ? given : given.substring(0, 200) + "…";
    return new JourneyException(
        file
            + " holds '"
            + shown.replaceAll("\\p{Cntrl}", "?")
            + "', "
            + what
            + ": pack the images anew, as plain files.");
  }

  private static boolean isHidden(String name) {
    return name.isEmpty() || Arrays.stream(name.split("/")).anyMatch(part -> part.startsWith("."));
  }

  private void checkSize() {
    if (unpacked == null && entry.getSize() > source.size() - dataStart) {
      throw new JourneyException(
          String.format(
              Locale.ROOT,
              "%s says that %s has %d bytes, but only %d follow: copy it again from its source.",
              file,
              name,
              entry.getSize(),
              source.size() - dataStart));
    }
  }

  /** Returns the path of the present file within the archive. */
  String name() {
    return name;
  }

  /** Returns the size of the present file in bytes, as the archive says. */
  long size() {
    return entry.getSize();
  }

  /** Returns the present file, read now. */
  byte[] bytes() throws IOException {
    int length = boundedSize();
    byte[] bytes = tar.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("it ends inside " + name);
    }
    return bytes;
  }

  /** Returns the present file, to be read at any time. */
  Content content() throws IOException {
    return unpacked == null ? source.slice(dataStart, boundedSize()) : unpacked.keep(bytes());
  }

  /** Returns the present file, front to back, until the next one. */
  InputStream stream() {
    return tar;
  }

  /** Returns a part of the present file that has just been read, to be read again at any time. */
  Content part(long offset, byte[] bytes) {
    return unpacked == null ? source.slice(dataStart + offset, bytes.length) : unpacked.keep(bytes);
  }

  private int boundedSize() {
    long limit = Math.min(1 << 30, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    if (entry.getSize() > limit) {
      throw new JourneyException(
          String.format(
              Locale.ROOT,
              "%s says that %s has %d bytes, more than the %d MB a single file may take: leave it"
                  + " out, or %s.",
              file,
              name,
              entry.getSize(),
              limit >> 20,
              Memory.raise()));
    }
    return (int) entry.getSize();
  }

  @Override
  public void close() throws IOException {
    task.close();
    raw.close();
  }

  /** Counts bytes, and stops a header that goes on and on. */
  private static final class Metered extends FilterInputStream {
    private long position;
    private long allowed = Long.MAX_VALUE;
    private int zeros;
    private boolean sawEnd;
    private final ByteArrayOutputStream header = new ByteArrayOutputStream();

    Metered(InputStream in) {
      super(in);
    }

    long position() {
      return position;
    }

    /** At most so many bytes may be read from now on: a header, if fewer than all. */
    void allow(long bytes) {
      allowed = bytes;
      zeros = 0;
      if (bytes <= MAX_HEADER) {
        header.reset();
      }
    }

    /** Returns whether these are bytes of the last header. */
    boolean isInHeader(String text) {
      String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      return header.toString(StandardCharsets.ISO_8859_1).contains(bytes);
    }

    /** Returns whether a record of zeros, which ends an archive, stood in place of a header. */
    boolean sawEnd() {
      return sawEnd;
    }

    private void lookForEnd(byte[] out, int offset, int n) {
      for (int i = offset; i < offset + n; i++) {
        zeros = out[i] == 0 ? zeros + 1 : 0;
      }
      sawEnd |= zeros >= RECORD;
    }

    private void took(long n) throws IOException {
      position += Math.max(0, n);
      allowed -= Math.max(0, n);
      if (allowed < 0) {
        throw new IOException("a header is longer than a megabyte");
      }
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      took(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      int n = in.read(out, offset, length);
      took(n);
      if (allowed <= MAX_HEADER && n > 0) {
        lookForEnd(out, offset, n);
        header.write(out, offset, n);
      }
      return n;
    }

    @Override
    public long skip(long count) throws IOException {
      long n = in.skip(count);
      took(n);
      return n;
    }
  }
}
