package io.journey.encoding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A line of the table of examples.
 *
 * @param index from 0
 * @param id its name in the data set
 * @param label the number of its class, −1 where it has none
 * @param className its class by name, or ""
 * @param captions the indices of its captions with blanks between them, "" where captions are not
 *     encoded
 */
record ExampleRow(
    int index, String id, int label, @JsonProperty("class") String className, String captions) {
  static final String FILE = "examples.csv";

  /** Returns indices as a field. */
  static String captions(IntStream indices) {
    return indices.mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }
}
