package io.journey.dataset;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import io.journey.dataset.ParquetFile.Chunk;
import io.journey.dataset.ParquetFile.Page;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/** Decodes one page of a Parquet column. */
final class ParquetDecoder {
  /** A page may take this part of the heap. */
  private static final int HEAP_SHARE = 8;

  private final SourceFile source;
  private final Page page;
  private final ColumnDescriptor descriptor;
  private int[] repetitions = {};

  ParquetDecoder(SourceFile source, Page page) {
    this.source = source;
    this.page = page;
    this.descriptor = page.chunk().column().descriptor();
  }

  /**
   * Values of lists.
   *
   * @param values byte[], null for a list that is empty or missing
   * @param repetitions 0 where a row begins, 1 where it goes on
   */
  record Lists(Object[] values, int[] repetitions) {}

  /** Returns the values of a column of lists, one deep. */
  Lists lists() throws IOException {
    Object[] values = values();
    return new Lists(values, repetitions);
  }

  /** Returns the values: Long, byte[] or null. */
  Object[] values() throws IOException {
    try (ByteStream in = source.stream(page.offset(), page.chunk().end())) {
      PageHeader header = Util.readPageHeader(in);
      byte[] body = body(in, header);
      return header.getType() == PageType.DATA_PAGE ? readV1(header, body) : readV2(header, body);
    }
  }

  private byte[] body(ByteStream in, PageHeader header) throws IOException {
    checkSize(header.getCompressed_page_size());
    checkSize(header.getUncompressed_page_size());
    if (header.getCompressed_page_size() > in.available()) {
      throw new EOFException("a page is longer than its column");
    }
    return in.readNBytes(header.getCompressed_page_size());
  }

  private void checkSize(int bytes) throws IOException {
    if (bytes < 0) {
      throw new IOException("a page claims a negative size");
    }
    long limit = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    if (bytes > limit) {
      throw new JourneyException(
          String.format(
              Locale.ROOT,
              "%s has a page of %d bytes, more than the %d MB that a page may take: write it"
                  + " with smaller row groups, or %s.",
              source.path(),
              bytes,
              limit >> 20,
              Memory.raise()));
    }
  }

  private Object[] readV1(PageHeader header, byte[] body) throws IOException {
    DataPageHeader data = header.getData_page_header();
    byte[] content = decompressed(page.chunk().codec(), body, header.getUncompressed_page_size());
    ByteBufferInputStream in = ByteBufferInputStream.wrap(ByteBuffer.wrap(content));
    if (descriptor.getMaxRepetitionLevel() > 0) {
      repetitions =
          levels(data.getRepetition_level_encoding().name(), ValuesType.REPETITION_LEVEL, in);
    }
    int[] levels = null;
    if (descriptor.getMaxDefinitionLevel() > 0) {
      levels = levels(data.getDefinition_level_encoding().name(), ValuesType.DEFINITION_LEVEL, in);
    }
    return values(levels, data.getEncoding().name(), in);
  }

  private int[] levels(String encoding, ValuesType type, ByteBufferInputStream in)
      throws IOException {
    ValuesReader reader = Encoding.valueOf(encoding).getValuesReader(descriptor, type);
    reader.initFromPage(page.values(), in);
    int[] levels = new int[page.values()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = reader.readInteger();
    }
    return levels;
  }

  private Object[] readV2(PageHeader header, byte[] body) throws IOException {
    DataPageHeaderV2 data = header.getData_page_header_v2();
    int repetition = data.getRepetition_levels_byte_length();
    int definition = data.getDefinition_levels_byte_length();
    int start = Math.addExact(repetition, definition);
    if (repetition < 0 || definition < 0 || start > body.length) {
      throw new IOException("the levels of a page are longer than it");
    }
    if (descriptor.getMaxRepetitionLevel() > 0) {
      ByteBuffer bytes = ByteBuffer.wrap(body, 0, repetition).slice();
      repetitions = levels(descriptor.getMaxRepetitionLevel(), bytes);
    }
    int[] levels = null;
    if (descriptor.getMaxDefinitionLevel() > 0) {
      ByteBuffer bytes = ByteBuffer.wrap(body, repetition, definition).slice();
      levels = levels(descriptor.getMaxDefinitionLevel(), bytes);
    }
    byte[] content = Arrays.copyOfRange(body, start, body.length);
    if (!data.isSetIs_compressed() || data.isIs_compressed()) {
      int size = header.getUncompressed_page_size() - start;
      content = decompressed(page.chunk().codec(), content, size);
    }
    ByteBufferInputStream in = ByteBufferInputStream.wrap(ByteBuffer.wrap(content));
    return values(levels, data.getEncoding().name(), in);
  }

  private int[] levels(int max, ByteBuffer bytes) throws IOException {
    RunLengthBitPackingHybridDecoder reader =
        new RunLengthBitPackingHybridDecoder(
            BytesUtils.getWidthFromMaxInt(max),
            // Unlike Java's own, it fails at its end; the decoder asks for a byte more for ever.
            ByteBufferInputStream.wrap(bytes));
    int[] levels = new int[page.values()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = reader.readInt();
    }
    return levels;
  }

  private Object[] values(int[] levels, String encodingName, ByteBufferInputStream in)
      throws IOException {
    Encoding encoding = Encoding.valueOf(encodingName);
    ValuesReader reader =
        encoding.usesDictionary()
            ? encoding.getDictionaryBasedValuesReader(
                descriptor, ValuesType.VALUES, dictionary(page.chunk()))
            : encoding.getValuesReader(descriptor, ValuesType.VALUES);
    int max = descriptor.getMaxDefinitionLevel();
    int present = page.values();
    if (levels != null) {
      present = (int) Arrays.stream(levels).filter(level -> level == max).count();
    }
    Object[] values = new Object[page.values()];
    if (present > 0) {
      reader.initFromPage(present, in);
    }
    for (int i = 0; i < values.length; i++) {
      if (levels == null || levels[i] == max) {
        values[i] = value(reader, page.chunk().column());
      }
    }
    return values;
  }

  private static Object value(ValuesReader reader, ParquetColumn column) {
    return switch (column.type()) {
      case INT32 -> (long) reader.readInteger();
      case INT64 -> reader.readLong();
      case FLOAT -> reader.readFloat();
      case DOUBLE -> reader.readDouble();
      case BOOLEAN -> reader.readBoolean();
      case BINARY -> reader.readBytes().getBytes();
      default -> throw new IllegalArgumentException("a column has the type " + column.type());
    };
  }

  private Dictionary dictionary(Chunk chunk) throws IOException {
    if (chunk.dictionary() < 0) {
      throw new IOException("a dictionary is missing");
    }
    try (ByteStream in = source.stream(chunk.dictionary(), chunk.end())) {
      PageHeader header = Util.readPageHeader(in);
      byte[] body = body(in, header);
      byte[] content = decompressed(chunk.codec(), body, header.getUncompressed_page_size());
      int values = header.getDictionary_page_header().getNum_values();
      if (values < 0 || values > ParquetFile.MAX_VALUES) {
        throw new IOException("a dictionary claims " + Counted.of(values, "values"));
      }
      Encoding encoding = Encoding.valueOf(header.getDictionary_page_header().getEncoding().name());
      return encoding.initDictionary(
          descriptor, new DictionaryPage(BytesInput.from(content), values, encoding));
    }
  }

  private byte[] decompressed(CompressionCodec codec, byte[] body, int size) throws IOException {
    if (codec == CompressionCodec.UNCOMPRESSED || size == 0) {
      return body;
    }
    if (size < 0) {
      throw new IOException("a page claims a negative size");
    }
    byte[] content;
    if (codec == CompressionCodec.GZIP) {
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
        content = in.readNBytes(size);
      }
    } else {
      content = new byte[size];
      int n = decompressor(codec).decompress(body, 0, body.length, content, 0, size);
      content = n == size ? content : Arrays.copyOf(content, n);
    }
    if (content.length != size) {
      throw new EOFException("a page holds fewer bytes than it claims");
    }
    return content;
  }

  private Decompressor decompressor(CompressionCodec codec) {
    return switch (codec) {
      case SNAPPY -> new SnappyDecompressor();
      case ZSTD -> new ZstdDecompressor();
      case LZ4_RAW -> new Lz4Decompressor();
      default ->
          throw new JourneyException(
              source.path()
                  + " is compressed with "
                  + codec
                  + ": write it anew with snappy, zstd or gzip.");
    };
  }
}
