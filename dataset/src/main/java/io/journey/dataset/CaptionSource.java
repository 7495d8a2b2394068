package io.journey.dataset;

import java.util.List;

/**
 * The place where the captions of a data set lie. It is read when they are asked for, and never
 * where they are not: a set that is used without captions opens whatever its captions are like.
 */
@FunctionalInterface
public interface CaptionSource {
  /** A set whose format has no captions. */
  CaptionSource NONE = (examples, captions) -> {};

  /**
   * Hands over the captions of some examples. Several captions of one example come in the order of
   * the file.
   *
   * @param examples of the listing, in its order; others may have been left out
   * @param captions takes them
   * @throws io.journey.run.JourneyException if what holds them is damaged
   */
  void read(List<StoredExample> examples, CaptionCollector captions);
}
