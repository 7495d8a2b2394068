package io.journey.model;

import io.journey.condition.Condition;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.SettingException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The conditions a denoiser takes: classes, captions, or none. One that takes none ignores those
 * that images have.
 *
 * @param classes the numbers of the classes that it knows; empty where it takes no class
 * @param captions what it takes of a text; null where it takes none
 */
public record ConditioningSpec(InputRange classes, Captions captions) {
  /**
   * Captions a denoiser takes.
   *
   * @param width D, the numbers of a token's state
   * @param tokens T, how many tokens a caption may have
   */
  public record Captions(int width, InputRange tokens) {
    /** Returns whether a text fits; one without states is not known not to. */
    boolean accept(Condition condition) {
      return condition instanceof Condition.Prompt
          || condition instanceof Condition.Caption caption
              && caption.states().width() == width
              && tokens.contains(caption.states().tokens());
    }
  }

  /** The denoiser takes no condition. */
  public static final ConditioningSpec NONE = new ConditioningSpec(InputRange.NONE);

  /** The denoiser takes classes, or nothing. */
  public ConditioningSpec(InputRange classes) {
    this(classes, null);
  }

  /** The denoiser takes captions whose states have this width, of any number of tokens. */
  public static ConditioningSpec ofCaptions(int width) {
    return new ConditioningSpec(InputRange.NONE, new Captions(width, InputRange.from(1)));
  }

  /** Returns the same for captions of at most so many tokens, as a text encoder makes them. */
  public ConditioningSpec withTokens(int most) {
    return new ConditioningSpec(classes, new Captions(captions.width(), new InputRange(1, most)));
  }

  /** Returns whether the denoiser takes captions. */
  public boolean takesCaptions() {
    return captions != null;
  }

  /** Returns whether the denoiser takes no condition. */
  public boolean isEmpty() {
    return classes.isEmpty() && captions == null;
  }

  /**
   * Returns whether the denoiser can be asked about an image under this condition. A prompt can
   * become a caption that it takes.
   */
  public boolean accepts(Condition condition) {
    if (captions != null) {
      return captions.accept(condition);
    }
    return isEmpty() || condition.classNumber().stream().anyMatch(classes::contains);
  }

  /** Returns whether the denoiser takes captions of T tokens whose states have D numbers. */
  public boolean acceptsStates(int tokens, int width) {
    return captions != null && captions.width() == width && captions.tokens().contains(tokens);
  }

  /**
   * Returns a class that the denoiser is asked to draw.
   *
   * @throws SettingException if it does not know the class
   */
  public Condition ofClass(int number) {
    if (classes.isEmpty()) {
      throw new SettingException(
          "the model knows no classes, got label " + number + ": leave labels out");
    }
    if (!classes.contains(number)) {
      throw new SettingException("labels must be " + classes + ", got " + number);
    }
    return new Condition.ClassLabel(number);
  }

  /**
   * Returns every condition there is.
   *
   * @throws SettingException if the denoiser takes captions
   * @throws IllegalStateException if there is no largest class
   */
  public List<Condition> all() {
    if (captions != null) {
      throw new SettingException("the model samples images of a caption: give it prompts");
    }
    if (classes.isOpen()) {
      throw new IllegalStateException("there is no largest class");
    }
    return isEmpty()
        ? List.of(Condition.NONE)
        : IntStream.rangeClosed(classes.first(), classes.last()).mapToObj(this::ofClass).toList();
  }

  /**
   * Refuses to draw under conditions that the denoiser does not take, and under none where it needs
   * one.
   *
   * @param chosen one or more, drawn in turn
   */
  public void requireChoice(List<Condition> chosen) {
    for (Condition condition : chosen) {
      if (captions != null) {
        if (!captions.accept(condition)) {
          throw new SettingException(
              "the model samples images of "
                  + this
                  + ", got "
                  + (condition.isNone() ? "none" : describe(condition))
                  + ": give it prompts");
        }
        continue;
      }
      if (condition.captionText().isPresent()) {
        throw new SettingException(
            "the model takes " + this + ", got " + describe(condition) + ": leave prompts out");
      }
      if (condition.isNone() && !isEmpty()) {
        throw new SettingException(
            "the model samples images of a class: choose labels, " + classes);
      }
      condition.classNumber().ifPresent(this::ofClass);
    }
  }

  /** Describes a condition for a message, its states too: they may be what does not fit. */
  static String describe(Condition condition) {
    if (condition instanceof Condition.Caption caption) {
      return "text states of width "
          + caption.states().width()
          + " of "
          + Counted.of(caption.states().tokens(), "tokens");
    }
    return condition.captionText().isPresent()
        ? "the prompt " + Failures.quoted(condition.words(List.of()))
        : condition.words(List.of());
  }

  /**
   * Describes the conditions for a message: "the classes 0 to 9", "captions with text states of
   * width 768", or "no condition".
   */
  @Override
  public String toString() {
    if (captions != null) {
      return "captions with text states of width "
          + captions.width()
          + (captions.tokens().isOpen()
              ? ""
              : " of at most " + Counted.of(captions.tokens().last(), "tokens"));
    }
    return isEmpty() ? "no condition" : "the classes " + classes;
  }
}
