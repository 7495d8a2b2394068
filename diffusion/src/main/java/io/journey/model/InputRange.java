package io.journey.model;

/**
 * The whole numbers that a model takes for a class or a timestep.
 *
 * @param first the smallest, at least 0
 * @param last the largest; below {@code first} where it takes none
 */
public record InputRange(int first, int last) {
  /** A model that takes no such number. */
  public static final InputRange NONE = new InputRange(0, -1);

  /** Of numbers from here on, all. */
  static InputRange from(int first) {
    return new InputRange(first, Integer.MAX_VALUE);
  }

  /** Returns the rows of a table. */
  static InputRange below(int end) {
    return new InputRange(0, end - 1);
  }

  /** Returns whether the model takes none. */
  public boolean isEmpty() {
    return last < first;
  }

  /** Returns whether there is no largest number, so that all of them cannot be counted up. */
  public boolean isOpen() {
    return last == Integer.MAX_VALUE;
  }

  /** Returns whether the model takes this number. */
  public boolean contains(int number) {
    return number >= first && number <= last;
  }

  /** "0 to 9", or "1 and above". */
  @Override
  public String toString() {
    return isOpen() ? first + " and above" : first + " to " + last;
  }
}
