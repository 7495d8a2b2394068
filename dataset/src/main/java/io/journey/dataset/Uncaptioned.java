package io.journey.dataset;

/** What becomes of images without a caption in a set whose captions are asked for. */
public enum Uncaptioned {
  /** The set is refused with a sentence that counts them. */
  REFUSED,
  /** The empty caption stands for the one that is missing. */
  EMPTY
}
