package io.journey.cli;

import io.journey.model.Checkpoint;
import io.journey.model.ClassNames;
import io.journey.model.InputRange;
import io.journey.sampling.SamplingRun;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which classes a model with classes draws. */
final class LabelOptions {
  private static final String ALL = "all";

  /** Names listed in a message. */
  private static final int SHOWN = 20;

  @Option(
      names = "--labels",
      paramLabel = "LABELS",
      description =
          "Classes to draw in turn, for a model with classes: numbers or names such as 1,7 or cat,dog,"
              + " or all (the default).")
  private String labels;

  /**
   * The numbers of the classes to draw, none for a model without.
   *
   * @throws IllegalArgumentException if the model does not know one of them, or all cannot be
   *     counted up
   */
  int[] of(Checkpoint checkpoint) {
    InputRange known = checkpoint.inputs().labels();
    if (labels != null && labels.isBlank()) {
      throw new IllegalArgumentException(
          "--labels is empty: name classes, as with --labels 1,7, or leave it out");
    }
    int[] chosen =
        labels == null || labels.equals(ALL)
            ? all(known, checkpoint.classNames())
            : Stream.of(labels.split(",", -1))
                .mapToInt(text -> number(text, checkpoint.classNames()))
                .toArray();
    SamplingRun.requireLabels(known, chosen);
    return chosen;
  }

  private int[] all(InputRange known, ClassNames names) {
    if (known.isEmpty()) {
      if (labels != null) {
        throw new IllegalArgumentException(
            "--labels all needs a model with classes, this one has none: leave it out");
      }
      return new int[0];
    }
    if (!known.isOpen()) {
      return IntStream.rangeClosed(known.first(), known.last()).toArray();
    }
    int[] named =
        names.byNumber().keySet().stream().mapToInt(n -> n).filter(known::contains).toArray();
    if (named.length == 0) {
      throw new IllegalArgumentException(
          "the model takes any class, "
              + known
              + ", and does not say which it was trained with: choose some, as with --labels "
              + known.first()
              + ","
              + (known.first() + 1));
    }
    return named;
  }

  private int number(String text, ClassNames names) {
    if (text.matches("-?\\d{1,9}")) {
      return Integer.parseInt(text);
    }
    int number = names.numberOf(text);
    if (number < 0) {
      throw new IllegalArgumentException(
          "--labels "
              + labels
              + (names.byNumber().isEmpty()
                  ? " are not numbers, and the model tells no names of its classes: write 1,7 or all"
                  : " names the class '"
                      + text
                      + "', the model has "
                      + String.join(", ", names.byNumber().values().stream().limit(SHOWN).toList())
                      + (names.byNumber().size() > SHOWN ? ", …" : "")));
    }
    return number;
  }
}
