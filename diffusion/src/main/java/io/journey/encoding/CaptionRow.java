package io.journey.encoding;

/**
 * A line of the table of distinct captions.
 *
 * @param index from 0, in the order in which the data set has them first
 * @param text of the caption
 */
record CaptionRow(int index, String text) {
  static final String FILE = "captions.csv";
}
