package io.journey.dataset;

import io.journey.run.JourneyException;
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
 * @param anyColumn whether it is a column of any content, of which numbers are texts too
 */
record CaptionRule(
    boolean asked,
    boolean refused,
    int most,
    Optional<String> column,
    Optional<CaptionTemplate> template,
    Uncaptioned uncaptioned,
    boolean anyColumn) {

  private static final String NONE = "none";

  /**
   * Takes the options apart.
   *
   * @param spec for messages
   * @param count the value of {@code captions=}
   * @param caption the value of {@code caption=}
   * @param uncaptioned the value of {@code uncaptioned=}, "empty" if there is one
   * @throws JourneyException if a value is wrong, or they contradict one another
   */
  static CaptionRule of(
      String spec, Optional<String> count, Optional<String> caption, Optional<String> uncaptioned) {
    boolean none = count.equals(Optional.of(NONE));
    boolean more = caption.isPresent() || uncaptioned.isPresent();
    if (none && more) {
      throw new JourneyException(
          "Data set "
              + spec
              + " says captions=none and "
              + (caption.isPresent() ? "caption=" : "uncaptioned=")
              + ": leave one of them out.");
    }
    return new CaptionRule(
        !none && (count.isPresent() || more),
        none,
        most(spec, count.orElse("all")),
        caption.filter(c -> !CaptionTemplate.isTemplate(c)),
        caption.filter(CaptionTemplate::isTemplate).map(CaptionTemplate::new),
        uncaptioned.isPresent() ? Uncaptioned.EMPTY : Uncaptioned.REFUSED,
        false);
  }

  /** Returns the rule of one text of each image, from a column or field of any name. */
  static CaptionRule ofColumn(String name) {
    return new CaptionRule(
        true, false, 1, Optional.of(name), Optional.empty(), Uncaptioned.EMPTY, true);
  }

  private static int most(String spec, String count) {
    if (count.equals("all") || count.equals(NONE)) {
      return Integer.MAX_VALUE;
    }
    if (count.equals("first")) {
      return 1;
    }
    if (count.matches("[1-9]\\d{0,8}")) {
      return Integer.parseInt(count);
    }
    throw new JourneyException(
        "Data set "
            + spec
            + " has captions="
            + count
            + ", expected all, first, none or a number from 1.");
  }

  /** Returns the same for a set whose captions are asked for after it was opened. */
  CaptionRule asked(Uncaptioned missing) {
    Uncaptioned stronger = uncaptioned == Uncaptioned.EMPTY ? uncaptioned : missing;
    return new CaptionRule(true, refused, most, column, template, stronger, anyColumn);
  }
}
