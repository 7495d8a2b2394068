package io.journey.cli;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns exceptions into one sentence on standard error and an exit status. */
final class Errors {
  /** The exit status of a defect of Journey itself. */
  static final int DEFECT = 1;

  /** The exit status of what the user can mend. */
  static final int MENDABLE = 2;

  private final BooleanSupplier debug;

  Errors(BooleanSupplier debug) {
    this.debug = debug;
  }

  /** A command line that cannot be understood. */
  int usage(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    String message = oneLine(UsageSentence.of(e, args));
    err.println(ended(message) + " Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    return MENDABLE;
  }

  /** A command that failed. */
  int execution(Exception e, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    if (debug.getAsBoolean()) {
      e.printStackTrace(err);
    }
    String sentence = sentence(e);
    if (e instanceof SettingException) {
      sentence = begun(UsageSentence.named(sentence, line.getParseResult().matchedArgs()));
    }
    if (sentence != null) {
      err.println(sentence);
      return MENDABLE;
    }
    err.println(
        "This is a defect of Journey: "
            + oneLine(e.toString())
            + (debug.getAsBoolean() ? "" : "; run it again with --debug for the details to report")
            + ".");
    return DEFECT;
  }

  /** Returns the sentence on a failure that the user can mend, or null for others. */
  private static String sentence(Throwable e) {
    if (e instanceof UncheckedIOException io) {
      return "Input or output failed: " + Failures.reason(io.getCause()) + ".";
    }
    if (e instanceof JourneyException || e instanceof SettingException) {
      return ended(oneLine(e.getMessage()));
    }
    if (e instanceof InvalidPathException path) {
      return "'" + oneLine(path.getInput()) + "' is no path of this system.";
    }
    return MemoryShortage.sentence(e);
  }

  /** A file whose parts lie in one another deeper than any that is meant well. */
  int nesting(StackOverflowError e, PrintWriter err) {
    if (debug.getAsBoolean()) {
      e.printStackTrace(err);
    }
    err.println(
        "A file is nested too deeply to be read: it is damaged or made to do harm, get it from its"
            + " source again; --debug shows where it was read.");
    return MENDABLE;
  }

  /** Memory that ran out, or native code that cannot be loaded here. */
  int machine(Error e, PrintWriter err) {
    if (debug.getAsBoolean()) {
      e.printStackTrace(err);
    }
    String memory = MemoryShortage.sentence(e);
    if (memory != null) {
      err.println(memory);
      return MENDABLE;
    }
    err.println(
        "A library could not be loaded on this machine: "
            + e.getClass().getSimpleName()
            + " "
            + oneLine(String.valueOf(e.getMessage()))
            + ".");
    return DEFECT;
  }

  /** Returns a sentence with a capital, unless it may begin with an option, a file or a setting. */
  private static String begun(String sentence) {
    return sentence.matches("(a|an|how|no|nothing|the|there) .*")
        ? Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1)
        : sentence;
  }

  private static String ended(String sentence) {
    return sentence.endsWith(".") || sentence.endsWith("?") ? sentence : sentence + ".";
  }

  private static String oneLine(String message) {
    return message == null ? "" : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
