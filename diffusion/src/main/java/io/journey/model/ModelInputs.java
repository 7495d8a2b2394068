package io.journey.model;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The images, conditions and timesteps that a model takes. Every stage asks here before its work
 * begins, so that what the model would refuse at some step of some image is refused at once.
 *
 * @param name of the model, for messages: "checkpoint member-000"
 * @param shape of its images
 * @param conditioning the conditions of images
 * @param timesteps t
 * @param classNames of the classes, where the files name them
 */
public record ModelInputs(
    String name,
    ImageShape shape,
    ConditioningSpec conditioning,
    InputRange timesteps,
    ClassNames classNames) {

  /**
   * Of an architecture that no checkpoint has yet.
   *
   * @param classNames of its classes, where the files name them
   * @throws JourneyException if it does not tell the shape of its images
   */
  public static ModelInputs of(DenoiserConfig config, ClassNames classNames) {
    return new ModelInputs(
        "the model",
        config.shape(),
        classNames.ofImages(config.conditioning()),
        config.timesteps(),
        classNames);
  }

  /**
   * Refuses images that the model does not take: of another shape, without a class or caption, of a
   * class that it does not know, of classes that have other numbers than the model's of the same
   * names, or of captions whose states are not of its text encoder's width.
   *
   * @throws SettingException if they have another shape
   * @throws JourneyException naming the first without a class that the model knows, or the first
   *     class with two numbers
   */
  public void requireImages(Dataset data) {
    if (!shape.equals(data.shape())) {
      throw new SettingException(
          name
              + " samples images of "
              + shape
              + ", the data are "
              + data.shape()
              + ": use the data it was trained on"
              + remedy(data.shape()));
    }
    requireSameNumbers(data.classNames());
    for (int i = 0; i < data.size() && !conditioning.isEmpty(); i++) {
      Condition condition = data.condition(i);
      if (!conditioning.accepts(condition)) {
        requireCaption(condition, data.id(i));
        throw new JourneyException(
            name
                + " takes images of "
                + conditioning
                + ", "
                + data.id(i)
                + " of the data has "
                + words(condition, data.classNames())
                + (condition.isNone()
                    ? ": name data whose images have classes, or a model without them."
                    : ": use the data it was trained on, or a model of more classes."));
      }
    }
  }

  /** Explains what a model of captions does not take. */
  private void requireCaption(Condition condition, String id) {
    if (!conditioning.takesCaptions()) {
      return;
    }
    if (condition.captionText().isEmpty()) {
      throw new JourneyException(
          "The model was trained with captions and the images have none: "
              + id
              + " has "
              + (condition.isNone() ? "no condition" : condition.words(List.of()))
              + "; name data whose images have captions, or a model without them.");
    }
    throw new JourneyException(
        name
            + " takes "
            + conditioning
            + ", the caption of "
            + id
            + " has "
            + ConditioningSpec.describe(condition)
            + ": use the text encoder that it was trained with.");
  }

  private static String words(Condition condition, List<String> classNames) {
    return condition.isNone()
        ? "none"
        : condition.words(List.of()) + " (" + condition.words(classNames) + ")";
  }

  /** Returns the options that make images of another shape the model's, or "" where none do. */
  private String remedy(ImageShape found) {
    List<String> options = new ArrayList<>();
    if (found.channels() != shape.channels()) {
      options.add("channels=" + shape.channels());
    }
    if (found.height() != shape.height() || found.width() != shape.width()) {
      options.add("size=" + shape.height());
    }
    boolean possible =
        (shape.height() == shape.width() || options.size() == 1)
            && (shape.channels() == 1 || shape.channels() == 3);
    return possible ? ", or add " + String.join("&", options) + " to the data's name" : "";
  }

  private void requireSameNumbers(List<String> found) {
    if (conditioning.isEmpty()) {
      return;
    }
    classNames
        .byNumber()
        .forEach(
            (number, className) -> {
              int other = found.indexOf(className);
              if (other >= 0 && other != number) {
                throw new JourneyException(
                    String.format(
                        "%s has the class %s as number %d, in the data it is number %d: use data"
                            + " with the classes it was trained on, in their order.",
                        name, Failures.quoted(className), number, other));
              }
            });
  }

  /**
   * Refuses pictures that the model cannot have drawn.
   *
   * @param asked the condition of each
   * @throws JourneyException if the model does not take one of them
   */
  public void requireConditions(List<Condition> asked) {
    for (Condition condition : asked) {
      if (!conditioning.accepts(condition)) {
        if (conditioning.takesCaptions()) {
          throw new JourneyException(
              name
                  + " samples images of "
                  + conditioning
                  + ", a target has "
                  + (condition.isNone() ? "no caption" : ConditioningSpec.describe(condition))
                  + ": sample targets with prompts and its own text encoder.");
        }
        throw new JourneyException(
            name
                + " samples images of "
                + conditioning
                + ", a target has "
                + (condition.isNone() ? "no class" : condition.words(List.of()))
                + ": sample targets with journey sample --labels.");
      }
    }
  }

  /**
   * Refuses steps that the model cannot be asked at.
   *
   * @throws JourneyException naming the first of them
   */
  public void requireTimesteps(int... asked) {
    for (int t : asked) {
      if (!timesteps.contains(t)) {
        throw new JourneyException(
            name
                + " takes timesteps "
                + timesteps
                + (timesteps.first() > 0 ? " (time_embedding_type fourier takes logarithms)" : "")
                + ", and would be asked for "
                + t
                + (asked.length > 1 && timesteps.contains(Arrays.stream(asked).max().getAsInt())
                    ? ": visit others, as with --spacing trailing, or use another model."
                    : ": use a schedule within them, or another model."));
      }
    }
  }

  /**
   * Refuses a schedule some of whose steps the model cannot be asked at.
   *
   * @param steps T; all of 0..T−1 are asked for
   */
  public void requireAllTimesteps(int steps) {
    requireTimesteps(0);
    requireTimesteps(steps - 1);
  }
}
