package io.journey.dataset;

import java.nio.file.Path;
import java.util.Optional;

/** The request of a user for a data set, as its format needs to know it. */
public sealed interface DatasetSource permits DatasetSpec {
  /** Returns what was typed, for messages. */
  String text();

  /** Returns the file or folder. */
  Path path();

  /** Returns the part that is asked for: train, validation, test, all or none; empty: any. */
  Optional<String> part();

  /** Returns the value of an option of the format's own. */
  Optional<String> option(String name);
}
