package io.journey.dataset;

import io.journey.dataset.ParquetFile.Page;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pages of Parquet files that were needed last, decoded, within a sixteenth of the heap: images
 * read one after the other come from the same page. Safe for many threads.
 */
final class PageCache {
  private static final int VALUE_OVERHEAD = 32;

  private final long limit = Runtime.getRuntime().maxMemory() / 16;
  private final Map<Page, Object[]> pages = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** Returns the values of a page, read by one thread where several ask at once. */
  Object[] get(ParquetFile file, Page page) {
    synchronized (page) {
      Object[] known = known(page);
      if (known == null) {
        known = file.read(page);
        keep(page, known);
      }
      return known;
    }
  }

  private synchronized Object[] known(Page page) {
    return pages.get(page);
  }

  private synchronized void keep(Page page, Object[] values) {
    pages.put(page, values);
    bytes += size(values);
    Iterator<Object[]> oldest = pages.values().iterator();
    while (bytes > limit && pages.size() > 1) {
      bytes -= size(oldest.next());
      oldest.remove();
    }
  }

  private static long size(Object[] values) {
    long bytes = 0;
    for (Object value : values) {
      bytes += VALUE_OVERHEAD + (value instanceof byte[] array ? array.length : 0);
    }
    return bytes;
  }
}
