package io.journey.run;

import java.io.Serializable;

/**
 * Something large that several tasks use, such as a loaded checkpoint. It is opened once for all
 * tasks of a list that run in one process, and closed after them.
 *
 * @param <T> safe for many threads
 */
public interface Resource<T extends AutoCloseable> extends Serializable {
  /** Returns what tells it from others; equal for resources that open the same. */
  String key();

  /** Opens it. */
  T open();
}
