package io.journey.dataset;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * A Parquet file, of which single pages of a column are read: the footer and page headers are
 * parsed, and values decoded, by Apache Parquet's own classes; what they claim is held against the
 * file's length and the heap first.
 */
final class ParquetFile {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL = 8;
  private static final int MAX_FOOTER = 256 << 20;

  /** A page or dictionary may hold so many values. */
  static final int MAX_VALUES = 1 << 24;

  private final SourceFile source;
  private final FileMetaData footer;
  private final List<ParquetColumn> columns;

  private ParquetFile(SourceFile source, FileMetaData footer, List<ParquetColumn> columns) {
    this.source = source;
    this.footer = footer;
    this.columns = columns;
  }

  /** A page of values; each is equal to itself alone. */
  static final class Page {
    private final Chunk chunk;
    private final long offset;
    private final int values;

    Page(Chunk chunk, long offset, int values) {
      this.chunk = chunk;
      this.offset = offset;
      this.values = values;
    }

    Chunk chunk() {
      return chunk;
    }

    /** Returns where in the file its header lies. */
    long offset() {
      return offset;
    }

    /** Returns how many values it holds, nulls included. */
    int values() {
      return values;
    }
  }

  /**
   * A column within a row group.
   *
   * @param dictionary offset of the header of its dictionary, -1 if it has none
   * @param end offset behind its last page
   */
  record Chunk(ParquetColumn column, CompressionCodec codec, long dictionary, long end) {}

  /** Reading that may fail in any way, as a file of others may be damaged. */
  private interface Reading<T> {
    T get() throws IOException;
  }

  /**
   * Reads the footer.
   *
   * @throws JourneyException if there is no whole one
   */
  static ParquetFile open(Path path) {
    SourceFile source = SourceFile.of(path);
    return orDamaged(
        path,
        () -> {
          FileMetaData footer = footer(source);
          return new ParquetFile(source, footer, ParquetColumn.of(footer.getSchema()));
        });
  }

  /** In words: not the parser's own, which speak of sockets, nor the name of a class. */
  private static String reason(Exception e) {
    if (isEnd(e)) {
      return "it ends too early";
    }
    if (e instanceof IOException io) {
      return Failures.reason(io)
          .replaceFirst(
              "(?s)can not read class org\\.apache\\.parquet\\.format\\.(\\w+): .*",
              "its $1 does not read");
    }
    boolean aboutJava =
        e instanceof IndexOutOfBoundsException
            || e instanceof ClassCastException
            || e instanceof NullPointerException
            || e instanceof NegativeArraySizeException;
    return aboutJava || e.getMessage() == null ? "it does not decode" : e.getMessage();
  }

  /** Returns whether all that an exception says is that the bytes came to their end. */
  private static boolean isEnd(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root instanceof EOFException
        && root.getMessage() == null
        && (e == root || root.toString().equals(e.getMessage()));
  }

  /** Whatever the parser of a damaged file throws, as a sentence. */
  private static <T> T orDamaged(Path path, Reading<T> reading) {
    try {
      return reading.get();
    } catch (JourneyException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      String line = reason(e).strip().replaceAll("\\s*\\R.*", "").replaceAll("[.:]$", "");
      throw new JourneyException(
          path
              + " is a damaged Parquet file ("
              + (line.length() <= 200 ? line : line.substring(0, 200) + "…")
              + "): copy it again from its source.",
          e);
    } catch (StackOverflowError e) {
      // The parser calls itself for what lies in something else.
      throw new JourneyException(
          path
              + " is a damaged Parquet file (its parts lie in one another too deeply): copy it again"
              + " from its source.",
          e);
    } catch (OutOfMemoryError e) {
      throw new JourneyException(
          path + " asks for more memory than Java has: it is damaged, or " + Memory.raise() + ".",
          e);
    }
  }

  private static FileMetaData footer(SourceFile source) throws IOException {
    long size = source.size();
    if (size == 0) {
      throw new JourneyException(
          source.path() + " is empty, it has no bytes: copy it again from its source.");
    }
    if (size < MAGIC.length + TAIL) {
      throw new EOFException("it has only " + Counted.of(size, "bytes"));
    }
    byte[] start = source.slice(0, MAGIC.length).read();
    ByteBuffer tail = ByteBuffer.wrap(source.slice(size - TAIL, TAIL).read());
    long length = Integer.toUnsignedLong(Integer.reverseBytes(tail.getInt()));
    byte[] mark = Arrays.copyOfRange(tail.array(), 4, TAIL);
    if (Arrays.equals(mark, "PARE".getBytes(StandardCharsets.US_ASCII))) {
      throw new JourneyException(source.path() + " is encrypted: decrypt it first.");
    }
    if (!Arrays.equals(start, MAGIC) || !Arrays.equals(mark, MAGIC)) {
      throw new IOException("it does not begin and end with PAR1");
    }
    if (length > size - MAGIC.length - TAIL || length > MAX_FOOTER) {
      throw new IOException(
          "its footer claims "
              + Counted.of(length, "bytes")
              + ", the file has "
              + size
              + " in all");
    }
    byte[] bytes = source.slice(size - TAIL - length, (int) length).read();
    return Util.readFileMetaData(new ByteArrayInputStream(bytes), Math.max(1, bytes.length));
  }

  Path path() {
    return source.path();
  }

  List<ParquetColumn> columns() {
    return columns;
  }

  /** Text of its own that a writer has added, or null. */
  String note(String key) {
    if (footer.isSetKey_value_metadata()) {
      for (KeyValue note : footer.getKey_value_metadata()) {
        if (note.getKey().equals(key)) {
          return note.getValue();
        }
      }
    }
    return null;
  }

  /**
   * Returns the pages of a column in order of rows. Page headers are read, their content is passed
   * over.
   *
   * @throws JourneyException if they do not cover all rows
   */
  List<Page> pages(ParquetColumn column) {
    return orDamaged(
        path(),
        () -> {
          List<Page> pages = new ArrayList<>();
          for (RowGroup group : footer.getRow_groups()) {
            addPages(column, group, pages);
          }
          return pages;
        });
  }

  private void addPages(ParquetColumn column, RowGroup group, List<Page> pages) throws IOException {
    if (group.getNum_rows() == 0) { // it has no pages, and what it says of them means nothing
      return;
    }
    ColumnMetaData meta = group.getColumns().get(column.index()).getMeta_data();
    if (meta == null || group.getColumns().get(column.index()).isSetFile_path()) {
      throw new IOException("its columns lie in other files");
    }
    long start = meta.getData_page_offset();
    if (meta.isSetDictionary_page_offset() && meta.getDictionary_page_offset() > 0) {
      start = Math.min(start, meta.getDictionary_page_offset());
    }
    long end = start + meta.getTotal_compressed_size();
    if (start < MAGIC.length || end < start || end > source.size()) {
      throw new IOException("a column claims bytes " + start + " to " + end);
    }
    Chunk chunk = null;
    long dictionary = -1;
    // A page of a column of lists has any number of rows, and says only how many values it holds.
    long expected = column.isRepeated() ? meta.getNum_values() : group.getNum_rows();
    long rows = 0;
    try (ByteStream in = source.stream(start, end)) {
      while (rows < expected) {
        long offset = in.position();
        PageHeader header = Util.readPageHeader(in);
        int values = values(header);
        if (header.getType() == PageType.DICTIONARY_PAGE) {
          dictionary = offset;
        } else if (values > 0) {
          chunk = chunk == null ? new Chunk(column, meta.getCodec(), dictionary, end) : chunk;
          pages.add(new Page(chunk, offset, values));
          rows += values;
        }
        int size = header.getCompressed_page_size();
        if (size < 0 || in.skip(size) < size) {
          throw new EOFException("a page is longer than its column");
        }
      }
    }
    if (rows != expected) {
      throw new IOException(
          "its pages hold "
              + Counted.of(rows, column.isRepeated() ? "values" : "rows")
              + ", its footer says "
              + expected);
    }
  }

  private static int values(PageHeader header) throws IOException {
    int values =
        switch (header.getType()) {
          case DATA_PAGE -> header.getData_page_header().getNum_values();
          case DATA_PAGE_V2 -> header.getData_page_header_v2().getNum_values();
          default -> 0;
        };
    if (values < 0 || values > MAX_VALUES) {
      throw new IOException("a page claims " + Counted.of(values, "values"));
    }
    return values;
  }

  /** Returns the values of a page of a column of lists, and which of them begin a row. */
  ParquetDecoder.Lists readLists(Page page) {
    return orDamaged(path(), () -> new ParquetDecoder(source, page).lists());
  }

  /** Returns the values of a page: Long, Float, Double, Boolean, byte[] or null. */
  Object[] read(Page page) {
    return orDamaged(path(), () -> new ParquetDecoder(source, page).values());
  }
}
