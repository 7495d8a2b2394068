package io.journey.dataset;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a published data set. */
enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /**
   * A word of its own: between other words, the signs and digits of the {@code datasets} library.
   */
  private static final Pattern NAME =
      Pattern.compile(
          "(?<![^-_. 0-9])(train|training|validation|valid|val|dev|test|testing|eval|evaluation)"
              + "(?![^-_. 0-9])");

  /**
   * Returns the part a file or folder of this name holds: "test",
   * "my_train-00000-of-00002.parquet".
   */
  static Optional<Split> ofName(String name) {
    Matcher matcher = NAME.matcher(name.toLowerCase(Locale.ROOT));
    if (!matcher.find()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (matcher.group(1)) {
          case "train", "training" -> TRAIN;
          case "test", "testing", "eval", "evaluation" -> TEST;
          default -> VALIDATION;
        });
  }

  /** Returns whether a name is the word for a part and nothing more. */
  static boolean isExactly(String name) {
    return name.matches("[A-Za-z]+") && ofName(name).isPresent();
  }

  /** Returns the part that the first folder or file of a path with "/" names. */
  static Optional<Split> ofPath(String path) {
    for (String name : path.split("/")) {
      Optional<Split> split = ofName(name);
      if (split.isPresent()) {
        return split;
      }
    }
    return Optional.empty();
  }

  /** As a user writes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
