package io.journey.dataset;

import io.journey.run.JourneyException;
import java.util.List;

/**
 * A caption made of an example's class: {@code a {class} painting}.
 *
 * @param text with {@code {class}} in it, at least once
 */
record CaptionTemplate(String text) {
  private static final String CLASS = "{class}";

  /** Returns whether a value is a template and not a name. */
  static boolean isTemplate(String value) {
    return value.indexOf('{') >= 0;
  }

  CaptionTemplate {
    String rest = text.replace(CLASS, "");
    if (rest.equals(text) || rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0) {
      throw new JourneyException(
          "The caption '" + text + "' must have {class} in it and no other braces.");
    }
  }

  /** Returns the captions of a set with these classes. */
  CaptionSource of(String spec, List<String> classNames) {
    if (classNames.isEmpty()) {
      throw new JourneyException(
          "Data set " + spec + " has no classes for the {class} of its caption: leave it out.");
    }
    return (examples, captions) -> {
      for (int i = 0; i < examples.size(); i++) {
        int example = i;
        examples
            .get(i)
            .condition()
            .classNumber()
            .ifPresent(c -> captions.add(example, caption(classNames.get(c)), "caption="));
      }
    };
  }

  /** Names of folders have underscores for blanks. */
  private String caption(String className) {
    return text.replace(CLASS, className.replace('_', ' ').strip());
  }
}
