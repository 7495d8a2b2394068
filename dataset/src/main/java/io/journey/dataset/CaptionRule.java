package io.journey.dataset;

import java.util.Optional;

/**
 * The captions a spec asks for.
 *
 * @param asked whether it asks at all
 * @param refused whether it says that there are none
 * @param most so many of each image, the first, at least 1
 * @param column what holds them, empty if that is to be found out
 * @param template what is made of the class instead, empty if they are read
 * @param uncaptioned what becomes of images without
 */
record CaptionRule(
    boolean asked,
    boolean refused,
    int most,
    Optional<String> column,
    Optional<CaptionTemplate> template,
    Uncaptioned uncaptioned) {

  /** Nothing is said. */
  static final CaptionRule UNSAID =
      new CaptionRule(
          false, false, Integer.MAX_VALUE, Optional.empty(), Optional.empty(), Uncaptioned.REFUSED);

  /** Returns the same for a set whose captions are asked for after it was opened. */
  CaptionRule asked(Uncaptioned missing) {
    Uncaptioned stronger = uncaptioned == Uncaptioned.EMPTY ? uncaptioned : missing;
    return new CaptionRule(true, refused, most, column, template, stronger);
  }
}
