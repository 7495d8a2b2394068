package io.journey.dataset;

import io.journey.condition.Condition;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Selects the examples of a data set that are kept: those that satisfy every clause, and of them
 * the first.
 *
 * @param clauses all must hold
 * @param limit at most so many, at least 1
 */
record Selection(List<Clause> clauses, int limit) {
  /** The field that a clause looks at. */
  enum Field {
    CLASS,
    ID
  }

  /**
   * One condition.
   *
   * @param keep whether to keep what has one of the values, or what has none of them
   * @param values names of classes, or ids
   */
  record Clause(Field field, boolean keep, Set<String> values) {
    /**
     * Takes the values apart: names with commas between them, or {@code @FILE} with one a line.
     *
     * @throws JourneyException if the file cannot be read
     */
    static Clause parse(Field field, boolean keep, List<String> given) {
      Set<String> values = new LinkedHashSet<>();
      for (String value : given) {
        if (field == Field.ID && value.startsWith("@")) {
          values.addAll(lines(value.substring(1)));
        } else {
          values.add(unescaped(value));
        }
      }
      return new Clause(field, keep, values);
    }

    private static List<String> lines(String file) {
      try {
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(file)));
        lines.replaceAll(String::strip);
        lines.removeIf(String::isEmpty);
        if (lines.isEmpty()) {
          throw new JourneyException(
              "The list of ids " + file + " is empty: write one id a line into it.");
        }
        return lines;
      } catch (InvalidPathException e) {
        throw new JourneyException("The list of ids '" + file + "' is no path.", e);
      } catch (CharacterCodingException e) {
        throw new JourneyException(file + " is no UTF-8 text: write one id a line into it.", e);
      } catch (IOException e) {
        throw new JourneyException(
            "Cannot read the list of ids " + file + ": " + Failures.reason(e) + ".", e);
      }
    }
  }

  /** Returns a value of a spec without its escapes. */
  static String unescaped(String value) {
    return value.replace("%26", "&").replace("%2C", ",").replace("%40", "@").replace("%25", "%");
  }

  /**
   * Returns the examples that are kept, in order.
   *
   * @param spec for messages
   * @throws JourneyException if a class or id does not exist, or nothing is left
   */
  List<StoredExample> select(Listing listing, String spec) {
    List<StoredExample> kept = listing.examples();
    for (Clause clause : clauses) {
      kept =
          clause.field() == Field.CLASS ? byClass(clause, listing, kept, spec) : byId(clause, kept);
      if (clause.field() == Field.ID) {
        requireIds(clause, listing, spec);
      }
    }
    if (kept.isEmpty()) {
      throw new JourneyException(
          "Data set "
              + spec
              + " has no example "
              + (clauses.isEmpty() ? "at all." : "of the classes and ids asked for."));
    }
    return kept.size() <= limit ? kept : List.copyOf(kept.subList(0, limit));
  }

  private static List<StoredExample> byClass(
      Clause clause, Listing listing, List<StoredExample> examples, String spec) {
    Set<Condition> classes = new LinkedHashSet<>();
    for (String name : clause.values()) {
      int label = listing.classNames().indexOf(name);
      if (label < 0) {
        throw new JourneyException(
            "Data set " + spec + " has no class '" + name + "': " + classes(listing) + ".");
      }
      classes.add(new Condition.ClassLabel(label));
    }
    return examples.stream().filter(e -> classes.contains(e.condition()) == clause.keep()).toList();
  }

  private static String classes(Listing listing) {
    List<String> names = listing.classNames();
    if (names.isEmpty()) {
      return "it has no classes"
          + listing.notes().noClasses().map(why -> " (" + why + ")").orElse("")
          + ", leave the class out";
    }
    int shown = Math.min(names.size(), 50);
    return "it has "
        + String.join(", ", names.subList(0, shown))
        + (shown < names.size() ? " and " + (names.size() - shown) + " more" : "");
  }

  private static List<StoredExample> byId(Clause clause, List<StoredExample> examples) {
    return examples.stream()
        .filter(e -> clause.values().contains(e.id()) == clause.keep())
        .toList();
  }

  private static void requireIds(Clause clause, Listing listing, String spec) {
    Set<String> missing = new LinkedHashSet<>(clause.values());
    listing.examples().forEach(e -> missing.remove(e.id()));
    if (!missing.isEmpty()) {
      throw new JourneyException(
          "Data set "
              + spec
              + " has no example '"
              + missing.iterator().next()
              + "'"
              + (missing.size() > 1
                  ? " nor " + Counted.of(missing.size() - 1, "others") + " of the list"
                  : "")
              + ": its ids look like '"
              + listing.examples().get(0).id()
              + "'.");
    }
  }
}
