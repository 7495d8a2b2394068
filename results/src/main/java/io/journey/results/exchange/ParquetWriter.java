package io.journey.results.exchange;

import io.journey.run.Versions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;

/**
 * Writes a table as a Parquet file: pages are not compressed. The same table gives the same bytes.
 */
final class ParquetWriter {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final String ROOT = "schema";

  /** Rows that are in memory at a time, fewer where they take more than so many bytes. */
  static final int ROWS = 8192;

  private static final long BYTES = 64L << 20;

  private final Counting out;
  private final List<SchemaElement> schema = new ArrayList<>();
  private final List<RowGroup> groups = new ArrayList<>();
  private long rows;

  /** Counts what is written: a footer says where everything lies. */
  private static final class Counting extends OutputStream {
    private final OutputStream to;
    private long count;

    Counting(OutputStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
      to.write(b);
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      to.write(bytes, from, length);
      count += length;
    }
  }

  private ParquetWriter(OutputStream out) throws IOException {
    this.out = new Counting(out);
    this.out.write(MAGIC);
  }

  /**
   * Writes a table.
   *
   * @param out stays open
   * @param columns at least one
   * @param size how many rows
   * @param notes texts that the file carries, by name
   */
  static void write(OutputStream out, List<Column> columns, int size, Map<String, String> notes)
      throws IOException {
    ParquetWriter writer = new ParquetWriter(out);
    for (int from = 0; from < size; ) {
      from = writer.add(columns, from, Math.min(size, from + ROWS));
    }
    writer.finish(columns, notes);
  }

  /** Writes a row group and returns the row behind it, at most {@code to}. */
  private int add(List<Column> columns, int from, int to) throws IOException {
    List<ColumnChunkWriter> chunks = columns.stream().map(ColumnChunkWriter::new).toList();
    int row = from;
    for (long held = 0; row < to && held < BYTES; row++) {
      held = 0;
      for (ColumnChunkWriter chunk : chunks) {
        chunk.add(row);
        held += chunk.bytes();
      }
    }
    RowGroup group = new RowGroup(new ArrayList<>(), 0, row - from);
    long start = out.count;
    for (ColumnChunkWriter chunk : chunks) {
      group.addToColumns(write(chunk));
    }
    groups.add(group.setTotal_byte_size(out.count - start));
    rows += row - from;
    return row;
  }

  private ColumnChunk write(ColumnChunkWriter chunk) throws IOException {
    long start = out.count;
    chunk.writeDictionaryTo(out);
    long values = out.count;
    chunk.writeValuesTo(out);
    long size = out.count - start;
    Column column = chunk.column();
    ColumnMetaData meta =
        new ColumnMetaData(
            column.stored(),
            chunk.encodings(),
            column.path(),
            CompressionCodec.UNCOMPRESSED,
            chunk.count(),
            size,
            size,
            values);
    if (values > start) {
      meta.setDictionary_page_offset(start);
    }
    return new ColumnChunk(start).setMeta_data(meta);
  }

  private void finish(List<Column> columns, Map<String, String> notes) throws IOException {
    schema.add(new SchemaElement(ROOT).setNum_children(columns.size()));
    columns.forEach(column -> schema.addAll(column.schema()));
    FileMetaData footer = new FileMetaData(1, schema, rows, groups);
    footer.setCreated_by("Journey version " + Versions.journey());
    notes.forEach((key, value) -> footer.addToKey_value_metadata(note(key, value)));
    long start = out.count;
    Util.writeFileMetaData(footer, out);
    int length = (int) (out.count - start);
    out.write(
        new byte[] {
          (byte) length, (byte) (length >>> 8), (byte) (length >>> 16), (byte) (length >>> 24)
        });
    out.write(MAGIC);
  }

  private static KeyValue note(String key, String value) {
    return new KeyValue(key).setValue(value);
  }
}
