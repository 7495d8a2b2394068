package io.journey.results.exchange;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * A slow and obvious reader of plain numbers of a Parquet file: what the format says about required
 * columns, uncompressed, is that a page is its numbers one after the other.
 */
final class ParquetFloats {
  private final byte[] file;
  private final FileMetaData footer;

  ParquetFloats(Path file) throws IOException {
    this.file = Files.readAllBytes(file);
    int end = this.file.length - 8;
    int length = little(end).getInt();
    footer = Util.readFileMetaData(new ByteArrayInputStream(this.file, end - length, length));
  }

  private ByteBuffer little(int at) {
    ByteBuffer rest = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    return rest.position(at).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  long rows() {
    return footer.getNum_rows();
  }

  int groups() {
    return footer.getRow_groupsSize();
  }

  String note(String key) {
    return footer.getKey_value_metadata().stream()
        .filter(note -> note.getKey().equals(key))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  /** The numbers of a column; of one of vectors those of all rows, levels are passed over. */
  float[] column(String... path) throws IOException {
    List<ByteBuffer> pages = new ArrayList<>();
    int count = 0;
    for (RowGroup group : footer.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        if (chunk.getMeta_data().getPath_in_schema().equals(Arrays.asList(path))) {
          int at = (int) chunk.getMeta_data().getData_page_offset();
          ByteArrayInputStream in = new ByteArrayInputStream(file, at, file.length - at);
          int size = Util.readPageHeader(in).getUncompressed_page_size();
          int values = (int) chunk.getMeta_data().getNum_values();
          int start = file.length - in.available() + size - 4 * values;
          pages.add(little(start).limit(4 * values).order(ByteOrder.LITTLE_ENDIAN));
          count += values;
        }
      }
    }
    float[] out = new float[count];
    int done = 0;
    for (ByteBuffer page : pages) {
      int n = page.remaining() / 4;
      page.asFloatBuffer().get(out, done, n);
      done += n;
    }
    return out;
  }
}
