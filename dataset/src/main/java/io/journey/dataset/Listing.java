package io.journey.dataset;

import java.util.List;

/**
 * The content of a data set, before anything is decoded or left out.
 *
 * @param classNames empty where there are no classes
 * @param examples in the set's order, with distinct ids
 * @param notes on its files
 */
public record Listing(List<String> classNames, List<StoredExample> examples, DatasetNotes notes) {
  /** A set of whose files there is nothing to say. */
  public Listing(List<String> classNames, List<StoredExample> examples) {
    this(classNames, examples, DatasetNotes.NONE);
  }

  /** Some of the examples. */
  Listing withExamples(List<StoredExample> some) {
    return new Listing(classNames, some, notes);
  }

  Listing withNotes(DatasetNotes others) {
    return new Listing(classNames, examples, others);
  }
}
