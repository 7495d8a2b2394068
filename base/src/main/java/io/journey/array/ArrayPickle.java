package io.journey.array;

import io.journey.run.JourneyException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Pickles of Python that hold a dictionary of plain data and arrays of bytes, read as data. */
public final class ArrayPickle {
  private ArrayPickle() {}

  /**
   * Reads the dictionary. Nothing in it is executed.
   *
   * @param file for messages
   * @return by name: {@code String} (byte strings as Latin-1), {@code Long}, {@code Double}, {@code
   *     Boolean}, {@code List}, {@code Map} or {@link PickledArray}; others are of no use
   * @throws JourneyException if it is damaged, or holds something else
   */
  public static Map<String, Object> read(Path file, ByteBuffer pickle) {
    if (!(Unpickler.readArrays(file, pickle) instanceof Map<?, ?> values)) {
      throw new JourneyException(
          file + " is a pickle without a dictionary, expected one of arrays: it is another file.");
    }
    Map<String, Object> named = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (name instanceof String text) {
            named.put(text, value);
          }
        });
    return named;
  }
}
