package io.journey.dataset;

import io.journey.run.Progress;
import java.nio.file.Path;
import java.util.Set;

/**
 * A form in which images lie in a file or folder. {@link DatasetFormats} finds implementations by
 * {@link java.util.ServiceLoader}; they need a public constructor without arguments. How to add
 * one: {@code docs/extend/dataset.md}.
 */
public interface DatasetFormat {
  /** Returns what a user writes before the colon: lower case, two letters or more. */
  String prefix();

  /**
   * Returns the options that mean something for it, beside those that all formats have ({@code
   * size}, {@code crop}, {@code flip}, {@code channels}, {@code split}, {@code limit}, {@code
   * class}, {@code id}). With {@code orient} among them, what cameras note is followed by default.
   */
  default Set<String> options() {
    return Set.of();
  }

  /**
   * Returns whether a file or folder looks like one of this format, by names alone. Where several
   * formats say so, and where none does, those of Journey decide.
   */
  default boolean recognises(Path path) {
    return false;
  }

  /**
   * Lists the images of the parts that are asked for, without decoding them.
   *
   * @throws io.journey.run.JourneyException if there are none, or what lists them is damaged
   */
  Listing list(DatasetSource source, Progress progress);
}
