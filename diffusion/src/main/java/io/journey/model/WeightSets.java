package io.journey.model;

import io.journey.array.NamedTensors;
import io.journey.nn.Module;
import io.journey.nn.ModuleReader;
import io.journey.nn.Parameter;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The sets of a model's weights in a file of tensors. Training checkpoints hold more than one, and
 * wrap them: {@code ema.conv_in.weight}, {@code state_dict.model.conv_in.weight}. A set is a prefix
 * before which most of the model's names stand; the model says what they are.
 *
 * <p>Of several sets the only one whose prefix has the word "ema" is taken, for a diffusion model
 * is sampled with its averaged weights; otherwise the user names one.
 */
final class WeightSets {
  /** A set has this share of the names that the model has, so that a damaged one is one too. */
  private static final double MOST = 0.8;

  private static final int MAX_LISTED = 12;
  private static final int MAX_SETS = 64;

  private final NamedTensors file;
  private final List<String> prefixes = new ArrayList<>();
  private boolean whole;

  /**
   * Looks for sets.
   *
   * @param model that has announced its weights
   * @throws JourneyException if there are very many
   */
  WeightSets(Module model, NamedTensors file) {
    this.file = file;
    Set<String> names = model.weights().stream().map(Parameter::name).collect(Collectors.toSet());
    int parts = names.stream().mapToInt(name -> name.split("\\.").length).max().orElse(0);
    Map<String, Integer> found = new LinkedHashMap<>();
    for (String stored : file.names()) {
      int from = stored.length();
      for (int part = 0; part < parts && from > 0; part++) {
        from = stored.lastIndexOf('.', from - 2) + 1;
        if (names.contains(ModuleReader.currentName(stored.substring(from)))) {
          found.merge(stored.substring(0, from), 1, Integer::sum);
        }
      }
    }
    found.forEach(
        (prefix, count) -> {
          if (count >= MOST * names.size()) {
            prefixes.add(prefix);
            whole |= count == names.size();
          }
        });
    if (prefixes.size() > MAX_SETS) {
      throw new JourneyException(
          file.file()
              + " holds "
              + prefixes.size()
              + " sets of weights, expected "
              + MAX_SETS
              + " at most: keep the model's alone.");
    }
  }

  /** Returns whether there is a set. */
  boolean isEmpty() {
    return prefixes.isEmpty();
  }

  /** Returns whether a set has all names that the model has. */
  boolean hasWhole() {
    return whole;
  }

  /** Returns the sets by what stands before their names. */
  List<String> shown() {
    return prefixes.stream().map(WeightSets::shown).toList();
  }

  /**
   * Chooses a set.
   *
   * @param part words of the prefix wanted, such as {@code ema} or {@code state_dict.model}; null
   *     to choose by rule
   * @throws JourneyException listing the sets, where none or several fit
   */
  ModuleReader choose(String part) {
    List<String> fit = new ArrayList<>(prefixes);
    if (part != null) {
      fit.removeIf(prefix -> !("." + prefix).contains("." + part + "."));
    }
    List<String> averaged = fit.stream().filter(WeightSets::isAverage).toList();
    if (fit.size() > 1 && averaged.size() == 1) {
      fit = averaged;
    }
    if (fit.size() == 1) {
      return reader(fit.get(0));
    }
    if (prefixes.isEmpty() && part == null) {
      return reader("");
    }
    throw new JourneyException(
        file.file()
            + (fit.isEmpty() ? " has no weights called " + part : " holds several sets of weights")
            + ", there are "
            + shown().stream().limit(MAX_LISTED).toList()
            + ": name one, as in "
            + file.file().getFileName()
            + "#"
            + shown().stream().findFirst().orElse("PART")
            + ".");
  }

  /** A set inside another is no part of it. */
  private ModuleReader reader(String prefix) {
    List<String> inner =
        prefixes.stream().filter(p -> !p.equals(prefix) && p.startsWith(prefix)).toList();
    return new ModuleReader(file, prefix, name -> inner.stream().anyMatch(name::startsWith));
  }

  private static boolean isAverage(String prefix) {
    return Arrays.asList(prefix.toLowerCase(Locale.ROOT).split("[^a-z]")).contains("ema");
  }

  /** Returns a prefix for messages. */
  static String shown(String prefix) {
    return prefix.isEmpty()
        ? "(no prefix)"
        : Failures.quoted(prefix.substring(0, prefix.length() - 1));
  }
}
