package io.journey.cli;

import io.journey.condition.CaptionEncoder;
import io.journey.condition.Condition;
import io.journey.model.Checkpoint;
import io.journey.model.ClassNames;
import io.journey.model.ConditioningSpec;
import io.journey.model.InputRange;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import io.journey.sampling.Guidance;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What pictures are drawn under: classes or prompts, and guidance. */
final class ConditionOptions {
  private static final String ALL = "all";

  /** What stands for bytes that are no text. */
  private static final char NO_TEXT = '\uFFFD';

  /** Names listed in a message. */
  private static final int SHOWN = 20;

  @Option(
      names = "--labels",
      paramLabel = "LABELS",
      description =
          "Classes to sample in turn, for a model with classes: numbers or names such as 1,7 or cat,dog,"
              + " or all (the default).")
  private String labels;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description =
          "What to sample, for a model of captions; several are taken in turn, as with --prompt 'a cat'"
              + " --prompt 'a dog'.")
  private List<String> prompts;

  @Option(
      names = "--guidance",
      paramLabel = "W",
      defaultValue = "1",
      description =
          "Weight of classifier-free guidance, for a model of captions, or one trained with"
              + " --drop-classes; 1: none (default: ${DEFAULT-VALUE}).")
  @InRange(from = 0, to = Guidance.MOST)
  private double guidance;

  @Option(
      names = "--negative-prompt",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What guidance leads away from, for a model of captions (default: nothing).")
  private String negativePrompt;

  /**
   * Returns the guidance.
   *
   * @throws SettingException if it is of a model of captions, and this one takes none
   */
  Guidance guidance(boolean captioned) {
    if (!captioned && !negativePrompt.isEmpty()) {
      throw new SettingException(
          "the model takes no captions: leave --negative-prompt '" + negativePrompt + "' out");
    }
    return new Guidance(guidance, negativePrompt);
  }

  /**
   * Returns how many pictures there shall be.
   *
   * @param asked what the option says; null: one for each prompt
   * @throws SettingException if that is not said, or not enough for all prompts
   */
  int count(Integer asked) {
    int given = prompts == null ? 0 : prompts.size();
    if (asked == null && given == 0) {
      throw new SettingException("how many is not said: give --count N");
    }
    if (asked != null && asked < given) {
      throw new SettingException(
          "--prompt is given "
              + given
              + " times and --count asks for "
              + Counted.of(asked, "images")
              + ": ask for as many, or leave prompts out");
    }
    return asked == null ? given : asked;
  }

  /**
   * Returns what a checkpoint draws under, in turn: prompts, or classes.
   *
   * @param encoder of the model's captions; null: it takes none
   */
  List<Condition> of(Checkpoint checkpoint, CaptionEncoder encoder) {
    return encoder == null ? forCheckpoint(checkpoint) : prompts(encoder);
  }

  /**
   * Returns the prompts as a model of captions is asked with them, in turn.
   *
   * @throws SettingException if there are none, or classes are chosen
   */
  private List<Condition> prompts(CaptionEncoder encoder) {
    if (labels != null) {
      throw new SettingException(
          "the model samples images of a caption: leave --labels "
              + labels
              + " out, give --prompt");
    }
    if (prompts == null) {
      throw new SettingException(
          "the model samples images of a caption: give one or more, as with --prompt 'a cat'");
    }
    requireText(prompts);
    return prompts.stream()
        .map(text -> new Condition.Prompt(text).resolve(encoder))
        .distinct()
        .toList();
  }

  /** Refuses prompts that the terminal's encoding has destroyed. */
  static void requireText(List<String> prompts) {
    for (String text : prompts) {
      if (text.indexOf(NO_TEXT) >= 0) {
        throw new SettingException(
            "--prompt '"
                + text
                + "' has bytes that are no text in the terminal's encoding: write it in UTF-8");
      }
    }
  }

  /**
   * Returns the conditions to draw under, in turn.
   *
   * @throws SettingException if the model does not take one of them, or all cannot be counted up
   */
  private List<Condition> forCheckpoint(Checkpoint checkpoint) {
    ConditioningSpec known = checkpoint.inputs().conditioning();
    if (prompts != null) {
      throw new SettingException(
          "the model takes no captions: leave --prompt '" + prompts.get(0) + "' out");
    }
    if (labels != null && known.isEmpty()) {
      throw new SettingException("the model knows no classes: leave --labels " + labels + " out");
    }
    if (labels != null && labels.isBlank()) {
      throw new SettingException(
          "--labels is empty: name classes, as with --labels 1,7, or leave it out");
    }
    if (labels == null || labels.equals(ALL)) {
      return all(known, checkpoint.classNames());
    }
    int[] numbers =
        Stream.of(labels.split(",", -1))
            .mapToInt(text -> number("--labels " + labels, text, checkpoint.classNames()))
            .toArray();
    return IntStream.of(numbers).mapToObj(known::ofClass).toList();
  }

  private List<Condition> all(ConditioningSpec known, ClassNames names) {
    InputRange classes = known.classes();
    if (!classes.isOpen()) {
      return known.all();
    }
    List<Condition> named =
        names.byNumber().keySet().stream().filter(classes::contains).map(known::ofClass).toList();
    if (named.isEmpty()) {
      throw new SettingException(
          "the model takes any class, "
              + classes
              + ", and does not say which it was trained with: choose some, as with --labels "
              + classes.first()
              + ","
              + (classes.first() + 1));
    }
    return named;
  }

  /**
   * Returns the number of a class.
   *
   * @param option with all its values, for the message
   * @param text its number or its name
   */
  static int number(String option, String text, ClassNames names) {
    if (text.matches("-?\\d{1,9}")) {
      return Integer.parseInt(text);
    }
    int number = names.numberOf(text);
    if (number < 0) {
      throw new SettingException(
          option
              + (names.byNumber().isEmpty()
                  ? " is no number, and the model tells no names of its classes: write numbers"
                  : " names the class '"
                      + text
                      + "', the model has "
                      + String.join(", ", names.byNumber().values().stream().limit(SHOWN).toList())
                      + (names.byNumber().size() > SHOWN ? ", …" : "")));
    }
    return number;
  }
}
