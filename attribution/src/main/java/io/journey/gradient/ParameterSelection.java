package io.journey.gradient;

import io.journey.nn.Parameter;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which weights of a model gradients are taken of, by their names.
 *
 * @param text patterns with commas between them, in which {@code *} stands for any characters; one
 *     behind {@code !} takes away what those before it chose: {@code *attentions*,!*.to_out.*}.
 *     Where the first takes away, it does so from all: {@code !*.bias}. {@code all} chooses all
 *     weights.
 */
public record ParameterSelection(String text) implements Serializable {
  /** All weights. */
  public static final ParameterSelection ALL = new ParameterSelection("all");

  /** Names told in a message. */
  private static final int SHOWN = 4;

  public ParameterSelection {
    if (Arrays.stream(text.split(",", -1)).anyMatch(p -> p.replaceFirst("^!", "").isBlank())) {
      throw new SettingException(
          "parameters '"
              + text
              + "' have an empty pattern: write all, or as in *attentions*,!*bias");
    }
  }

  /**
   * Chooses from the weights of a model.
   *
   * @param model its name, for messages
   * @throws JourneyException if none is chosen
   */
  public List<Parameter> select(List<Parameter> weights, String model) {
    if (equals(ALL)) {
      return weights;
    }
    boolean all = text.startsWith("!"); // Nothing is said of what to take, so all but these.
    Predicate<String> chosen = name -> all;
    for (String pattern : text.split(",")) {
      boolean without = pattern.startsWith("!");
      Pattern glob = glob(without ? pattern.substring(1) : pattern);
      Predicate<String> matches = name -> glob.matcher(name).matches();
      chosen = without ? chosen.and(matches.negate()) : chosen.or(matches);
    }
    Predicate<String> name = chosen;
    List<Parameter> found = weights.stream().filter(w -> name.test(w.name())).toList();
    if (found.isEmpty()) {
      throw new JourneyException(
          "No weight of "
              + model
              + " matches --parameters "
              + text
              + "; there are "
              + String.join(", ", weights.stream().limit(SHOWN).map(Parameter::name).toList())
              + (weights.size() > SHOWN ? ", …" : "")
              + ": journey inspect lists all.");
    }
    return found;
  }

  private static Pattern glob(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (String part : pattern.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString());
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
