package io.journey.dataset;

import io.journey.dataset.ParquetFile.Page;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The captions in a column of Parquet files: a text in each row, or a list of texts; of any column
 * numbers, too.
 */
record ParquetCaptions(List<Shard> shards) implements CaptionSource {
  /**
   * A file of the set.
   *
   * @param stem that ids of its rows begin with
   * @param rows how many it has
   */
  record Shard(ParquetFile file, String stem, int rows) {}

  @Override
  public void read(List<StoredExample> examples, CaptionCollector captions) {
    Map<String, Integer> ids = new HashMap<>();
    for (StoredExample example : examples) {
      ids.put(example.id(), ids.size());
    }
    for (Shard shard : shards) {
      List<ParquetColumn> columns =
          shard.file().columns().stream()
              .filter(c -> c.isCaption() || (captions.isAnyColumn() && c.isNumber()))
              .toList();
      List<String> names = columns.stream().map(ParquetColumn::plainName).toList();
      Optional<String> name = CaptionNames.choose(captions.column(), names, shard.file().path());
      name.map(n -> columns.get(names.indexOf(n)))
          .ifPresent(column -> new Rows(shard, ids, captions).read(column));
    }
  }

  /** The rows of one file, one after the other. */
  private static final class Rows {
    private final Shard shard;
    private final Map<String, Integer> ids;
    private final CaptionCollector captions;
    private int rows;
    private Integer example; // of the present row, null where it was left out

    Rows(Shard shard, Map<String, Integer> ids, CaptionCollector captions) {
      this.shard = shard;
      this.ids = ids;
      this.captions = captions;
    }

    void read(ParquetColumn column) {
      for (Page page : shard.file().pages(column)) {
        if (column.isRepeated()) {
          ParquetDecoder.Lists lists = shard.file().readLists(page);
          for (int i = 0; i < lists.values().length; i++) {
            add(lists.repetitions()[i] == 0, lists.values()[i]);
          }
        } else {
          for (Object value : shard.file().read(page)) {
            add(true, value);
          }
        }
      }
      if (rows != shard.rows()) {
        throw new JourneyException(
            shard.file().path()
                + " has "
                + Counted.of(shard.rows(), "images")
                + " and captions for "
                + rows
                + ": it is damaged, copy it again.");
      }
    }

    private void add(boolean begins, Object value) {
      if (begins) {
        example = ids.get(ParquetTable.id(shard.stem(), rows++));
      } else if (rows == 0) {
        throw new JourneyException(
            shard.file().path()
                + " begins with the middle of a list: it is damaged, copy it again.");
      }
      if (example != null && value != null) {
        String where = shard.file().path().toString();
        String text =
            value instanceof byte[] bytes
                ? FileNames.utf8(bytes, "A caption of " + where)
                : value.toString();
        captions.add(example, text, where);
      }
    }
  }
}
