package io.journey.cli;

import io.journey.model.CheckpointSpec;
import io.journey.run.JourneyException;
import io.journey.run.Nearest;
import io.journey.run.SettingException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MaxValuesExceededException;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Sentences on command lines that cannot be understood. */
final class UsageSentence {
  /** As picocli asks for one of the options of a group. */
  private static final String ONE_OF = "specify one of these";

  /** An option with the name of its value, as picocli writes both. */
  private static final Pattern NAMED = Pattern.compile("(--[a-z-]+)=([^\\s\\])]+)");

  private UsageSentence() {}

  /**
   * Returns the sentence, without its full stop where picocli has none.
   *
   * @param args what was typed
   */
  static String of(ParameterException e, String... args) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    if (e instanceof MissingParameterException missing) {
      return missing(missing, args);
    }
    if (e instanceof MaxValuesExceededException) {
      Optional<OptionSpec> twice =
          groups(e.getCommandLine().getCommandSpec().argGroups())
              .flatMap(group -> group.options().stream())
              .filter(option -> !option.isMultiValue() && count(option, args) > 1)
              .findFirst();
      if (twice.isPresent()) {
        return OptionRanges.name(twice.get()) + " is given twice: give it once";
      }
    }
    if (e instanceof MutuallyExclusiveArgsException) {
      return joined(options(e.getMessage(), false), "and") + " are mutually exclusive: give one";
    }
    if (e instanceof OverwrittenOptionException twice) {
      return OptionRanges.name(twice.getOverwritten()) + " is given twice: give it once";
    }
    if (e.getCause() instanceof SettingException || e.getCause() instanceof JourneyException) {
      return named(e.getCause().getMessage(), List.of(e.getArgSpec()));
    }
    if (e.getCause() instanceof TypeConversionException || isNoPair(e)) {
      return OptionRanges.name(e.getArgSpec())
          + " takes "
          + expected(e)
          + ", got "
          + got(e)
          + Nearest.question(String.valueOf(e.getValue()), choices(e));
    }
    return e.getMessage().strip().replaceFirst("^Error: ", "");
  }

  /**
   * Returns a sentence that begins with the name of a setting, such as "inference steps", with the
   * option in its place that was typed.
   */
  static String named(String sentence, List<ArgSpec> typed) {
    for (ArgSpec option : typed) {
      String name = OptionRanges.name(option);
      String words = name.replaceFirst("^--", "").replace('-', ' ');
      if (sentence.startsWith(words + " ")) {
        return name + sentence.substring(words.length());
      }
    }
    return sentence;
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String first = quoted(e.getUnmatched().get(0));
    if (e.isUnknownOption()) {
      return "There is no option " + first + didYouMean(e);
    }
    return e.getCommandLine().getSubcommands().isEmpty()
        ? "There is one argument too many, " + first
        : "There is no command " + first + didYouMean(e);
  }

  private static String didYouMean(UnmatchedArgumentException e) {
    CommandLine line = e.getCommandLine();
    String typed = e.getUnmatched().get(0).replaceFirst("=.*", "");
    return Nearest.question(
        typed,
        e.isUnknownOption()
            ? line.getCommandSpec().optionsMap().keySet()
            : line.getSubcommands().keySet());
  }

  /** Returns groups of options and the groups within them. */
  private static Stream<ArgGroupSpec> groups(List<ArgGroupSpec> groups) {
    return groups.stream().flatMap(g -> Stream.concat(Stream.of(g), groups(g.subgroups())));
  }

  /** Returns how often an option was typed. */
  private static long count(OptionSpec option, String... args) {
    return Arrays.stream(args)
        .filter(arg -> List.of(option.names()).contains(arg.replaceFirst("=.*", "")))
        .count();
  }

  /** Returns the options that were typed of the group in which one is missing. */
  private static List<String> companions(CommandLine line, String missing, String... args) {
    return groups(line.getCommandSpec().argGroups())
        .map(ArgGroupSpec::options)
        .filter(options -> options.stream().anyMatch(o -> OptionRanges.name(o).equals(missing)))
        .flatMap(List::stream)
        .filter(option -> count(option, args) > 0)
        .map(OptionRanges::name)
        .toList();
  }

  private static String missing(MissingParameterException e, String... args) {
    List<String> names =
        e.getMissing().stream()
            .filter(OptionSpec.class::isInstance)
            .map(option -> OptionRanges.name(option) + " " + option.paramLabel())
            .toList();
    boolean known = !names.isEmpty() && names.size() == e.getMissing().size();
    if (known && e.getMessage().startsWith("Missing required option")) {
      return names.size() == 1
          ? "The option " + names.get(0) + " is missing"
          : "The options " + joined(names, "and") + " are missing";
    }
    if (known && e.getMessage().startsWith("Missing required parameter")) {
      return OptionRanges.name(e.getMissing().get(0)) + " has no value: write " + names.get(0);
    }
    List<String> grouped = options(e.getMessage(), true);
    if (e.getMessage().contains(ONE_OF) && grouped.size() > 1) {
      return "One of the options " + joined(grouped, "and") + " is missing";
    }
    if (e.getMessage().contains("Missing required argument(s): --") && grouped.size() == 1) {
      String name = grouped.get(0).replaceFirst(" .*", "");
      List<String> companions = companions(e.getCommandLine(), name, args);
      return companions.isEmpty()
          ? "The option " + grouped.get(0) + " is missing"
          : joined(companions, "and")
              + (companions.size() == 1 ? " goes" : " go")
              + " with "
              + grouped.get(0)
              + ", which is missing";
    }
    return e.getMessage().strip().replaceFirst("^Error: ", "");
  }

  /** Returns the options of a message of picocli about a group that must be there in it. */
  private static List<String> options(String message, boolean labelled) {
    String repeated = "\\[--[a-z-]+=[^\\s\\]]+\\]\\.\\.\\.";
    return NAMED
        .matcher(message.replaceAll(repeated, ""))
        .results()
        .map(found -> labelled ? found.group(1) + " " + found.group(2) : found.group(1))
        .toList();
  }

  /** Returns whether a value is no NAME=VALUE, of which picocli tells no cause. */
  private static boolean isNoPair(ParameterException e) {
    return e.getArgSpec() != null
        && e.getArgSpec().typeInfo().isMap()
        && e.getMessage().contains("KEY=VALUE");
  }

  private static String got(ParameterException e) {
    return isNoPair(e)
        ? quoted(e.getMessage().replaceFirst("(?s).* but was ", ""))
        : quoted(e.getValue());
  }

  private static String expected(ParameterException e) {
    ArgSpec option = e.getArgSpec();
    if (option.typeInfo().isMap()) {
      return option.paramLabel();
    }
    List<String> choices = choices(e);
    return choices.isEmpty()
        ? WORDS.getOrDefault(type(option), "another value")
        : joined(choices, "or");
  }

  /** Returns the words that an option takes; none where it takes numbers or any text. */
  private static List<String> choices(ParameterException e) {
    if (e.getCause() instanceof ChoiceException choice) {
      return choice.choices();
    }
    Class<?> type = type(e.getArgSpec());
    return type.isEnum()
        ? Arrays.stream(type.getEnumConstants())
            .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
            .toList()
        : List.of();
  }

  private static final Map<Class<?>, String> WORDS =
      Map.of(
          int.class, "a whole number of at most " + Integer.MAX_VALUE,
          Integer.class, "a whole number of at most " + Integer.MAX_VALUE,
          long.class, "a whole number of at most " + Long.MAX_VALUE,
          Long.class, "a whole number of at most " + Long.MAX_VALUE,
          Path.class, "the name of a file or folder",
          CheckpointSpec.class, "the name of a file or folder",
          double.class, "a number",
          Double.class, "a number",
          boolean.class, "no value");

  /** Returns the type of an option's value, of one of them where it takes several. */
  private static Class<?> type(ArgSpec option) {
    Class<?> type = option.type();
    return option.typeInfo().isMultiValue() ? option.auxiliaryTypes()[0] : type;
  }

  /** Returns "a, b or c". */
  static String joined(List<String> words, String last) {
    int n = words.size();
    return n == 1
        ? words.get(0)
        : String.join(", ", words.subList(0, n - 1)) + " " + last + " " + words.get(n - 1);
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }
}
