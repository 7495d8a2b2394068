package io.journey.cli;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Checks the numbers of a command line against {@link InRange}, before the command begins. */
final class OptionRanges {
  private OptionRanges() {}

  /**
   * Checks every option that was typed.
   *
   * @throws ParameterException if a number is infinite, undefined or out of its option's range
   */
  static void check(ParseResult parsed) {
    for (CommandLine line : parsed.asCommandLineList()) {
      for (ArgSpec option : line.getParseResult().matchedArgs()) {
        for (Number number : numbers(option.getValue())) {
          check(line, option, number.doubleValue());
        }
      }
    }
  }

  private static List<Number> numbers(Object value) {
    if (value instanceof Number number) {
      return List.of(number);
    }
    if (value instanceof double[] several) {
      return List.copyOf(Arrays.stream(several).boxed().toList());
    }
    return value instanceof Collection<?> several
        ? several.stream().filter(Number.class::isInstance).map(Number.class::cast).toList()
        : List.of();
  }

  private static void check(CommandLine line, ArgSpec option, double number) {
    InRange range =
        option.userObject() instanceof AnnotatedElement field
            ? field.getAnnotation(InRange.class)
            : null;
    boolean inside =
        range == null
            || (number >= range.from()
                && number <= range.to()
                && number > range.above()
                && number < range.below());
    if (!Double.isFinite(number) || !inside) {
      throw new ParameterException(
          line,
          name(option)
              + " must be "
              + (range == null ? "a finite number" : words(range))
              + ", got "
              + text(number));
    }
  }

  private static String words(InRange range) {
    boolean open = range.above() > Double.NEGATIVE_INFINITY;
    String lower = open ? "above " + text(range.above()) : "at least " + text(range.from());
    if (range.below() < Double.POSITIVE_INFINITY) {
      return lower + " and below " + text(range.below());
    }
    if (range.to() < Double.POSITIVE_INFINITY) {
      return open
          ? lower + " and at most " + text(range.to())
          : "between " + text(range.from()) + " and " + text(range.to());
    }
    return lower;
  }

  private static String text(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? String.format(Locale.ROOT, "%.0f", number)
        : Double.toString(number);
  }

  /** Returns an option's name as a user types it. */
  static String name(ArgSpec option) {
    return option instanceof OptionSpec named ? named.longestName() : option.paramLabel();
  }
}
