package io.journey.dataset;

import java.io.IOException;

/** Bytes that lie somewhere and are read again whenever they are needed. Safe for many threads. */
public interface Content {
  /** Returns all of them. */
  byte[] read() throws IOException;
}
