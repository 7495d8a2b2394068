package io.journey.dataset;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * The content of a data set, before anything is decoded or left out.
 *
 * @param classNames empty where there are no classes
 * @param examples in the set's order, with distinct ids
 * @param notes on its files
 * @param captions where the texts that describe its images lie
 */
@RecordBuilder
public record Listing(
    List<String> classNames,
    List<StoredExample> examples,
    DatasetNotes notes,
    CaptionSource captions)
    implements ListingBuilder.With {
  /** A set of whose files there is nothing to say. */
  public Listing(List<String> classNames, List<StoredExample> examples) {
    this(classNames, examples, DatasetNotes.NONE, CaptionSource.NONE);
  }
}
