package io.journey.dataset;

import io.journey.run.JourneyException;
import java.util.concurrent.atomic.AtomicLong;

/** Stops the loading of a data set before it fills the memory Java may use. */
final class MemoryBudget {
  private final String spec;
  private final long limit;
  private final AtomicLong used = new AtomicLong();

  /**
   * @param spec for the message
   * @param limit in bytes
   */
  MemoryBudget(String spec, long limit) {
    this.spec = spec;
    this.limit = limit;
  }

  /** Half of what Java may use. */
  static MemoryBudget halfOfHeap(String spec) {
    return new MemoryBudget(spec, Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * Counts an image.
   *
   * @throws JourneyException if it no longer fits
   */
  Pixels keep(Pixels image) {
    if (used.addAndGet(image.sizeInBytes()) > limit) {
      throw new JourneyException(
          "Data set "
              + spec
              + " takes more than the "
              + (limit >> 20)
              + " MB of memory set aside for images: add ?size= or ?limit=, or give Java more with"
              + " -Xmx.");
    }
    return image;
  }
}
