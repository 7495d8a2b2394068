package io.journey.results.exchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter.PlainBinaryDictionaryValuesWriter;
import org.apache.parquet.column.values.plain.PlainValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridValuesWriter;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.api.Binary;

/**
 * The values of a column in one row group: a page, and before it a dictionary where values are
 * texts, which repeat. Values and levels are encoded by Apache Parquet's own classes.
 */
final class ColumnChunkWriter {
  private static final ByteBufferAllocator HEAP = HeapByteBufferAllocator.getInstance();
  private static final int FIRST = 1 << 10;
  private static final int LARGEST = 1 << 26;
  private static final int ONE_BIT = 1;

  private final Column column;
  private final ValuesWriter values;
  private final ValuesWriter repetitions = levels();
  private final ValuesWriter definitions = levels();
  private DictionaryPage dictionary;
  private BytesInput data;
  private int count;

  ColumnChunkWriter(Column column) {
    this.column = column;
    this.values =
        column.kind() == Column.Kind.TEXT
            ? new PlainBinaryDictionaryValuesWriter(
                Integer.MAX_VALUE,
                org.apache.parquet.column.Encoding.RLE_DICTIONARY,
                org.apache.parquet.column.Encoding.PLAIN,
                HEAP)
            : new PlainValuesWriter(FIRST, LARGEST, HEAP);
  }

  private static ValuesWriter levels() {
    return new RunLengthBitPackingHybridValuesWriter(ONE_BIT, FIRST, LARGEST, HEAP);
  }

  Column column() {
    return column;
  }

  /** Returns how many values it has; a vector has several. */
  int count() {
    return count;
  }

  /** Returns about how many bytes it holds. */
  long bytes() {
    return values.getBufferedSize();
  }

  /** Adds the value of a row. */
  void add(int row) {
    Object value = column.value().apply(row);
    switch (column.kind()) {
      case WHOLE -> values.writeInteger((int) value);
      case NUMBER -> values.writeFloat((float) value);
      case BYTES -> values.writeBytes(Binary.fromConstantByteArray((byte[]) value));
      case TEXT -> {
        String text = (String) value;
        definitions.writeInteger(text.isEmpty() ? 0 : 1);
        if (!text.isEmpty()) {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          values.writeBytes(Binary.fromConstantByteArray(bytes));
        }
      }
      case VECTOR -> {
        float[] vector = (float[]) value;
        for (int i = 0; i < vector.length; i++) {
          repetitions.writeInteger(i == 0 ? 0 : 1);
          definitions.writeInteger(1);
          values.writeFloat(vector[i]);
        }
        count += vector.length - 1;
      }
    }
    count++;
  }

  /** Returns the encoding of its values; without any text there is no dictionary. */
  private Encoding encoding() {
    return dictionary == null ? Encoding.PLAIN : Encoding.RLE_DICTIONARY;
  }

  /** Returns the encodings of its pages, once they are written. */
  List<Encoding> encodings() {
    return List.of(encoding(), Encoding.PLAIN, Encoding.RLE).stream().distinct().toList();
  }

  /** Writes the page of the dictionary, where there is one. */
  void writeDictionaryTo(OutputStream out) throws IOException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    values.getBytes().writeAllTo(kept); // before its memory goes with the dictionary
    dictionary = values.toDictPageAndClose();
    boolean textless = column.kind() == Column.Kind.TEXT && dictionary == null;
    data = textless ? BytesInput.empty() : BytesInput.from(kept);
    if (dictionary != null) {
      DictionaryPageHeader header =
          new DictionaryPageHeader(dictionary.getDictionarySize(), Encoding.PLAIN);
      PageHeader page = header(PageType.DICTIONARY_PAGE, dictionary.getBytes());
      write(page.setDictionary_page_header(header), dictionary.getBytes(), out);
    }
  }

  /** Writes the page of values, behind that of the dictionary. */
  void writeValuesTo(OutputStream out) throws IOException {
    List<BytesInput> parts = new ArrayList<>();
    if (column.kind() == Column.Kind.VECTOR) {
      parts.add(repetitions.getBytes());
    }
    if (column.kind() == Column.Kind.VECTOR || column.kind() == Column.Kind.TEXT) {
      parts.add(definitions.getBytes());
    }
    parts.add(data);
    BytesInput all = BytesInput.concat(parts);
    DataPageHeader header = new DataPageHeader(count, encoding(), Encoding.RLE, Encoding.RLE);
    write(header(PageType.DATA_PAGE, all).setData_page_header(header), all, out);
  }

  private static PageHeader header(PageType type, BytesInput bytes) {
    int size = Math.toIntExact(bytes.size());
    return new PageHeader(type, size, size);
  }

  private static void write(PageHeader header, BytesInput bytes, OutputStream out)
      throws IOException {
    Util.writePageHeader(header, out);
    bytes.writeAllTo(out);
  }
}
