package io.journey.cli;

import java.util.List;
import picocli.CommandLine.TypeConversionException;

/** The value of an option is none of its choices. */
final class ChoiceException extends TypeConversionException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> choices;

  ChoiceException(List<String> choices) {
    super("expected one of " + choices);
    this.choices = List.copyOf(choices);
  }

  List<String> choices() {
    return choices;
  }
}
