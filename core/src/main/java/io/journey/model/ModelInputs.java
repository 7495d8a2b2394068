package io.journey.model;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.run.JourneyException;
import java.util.Arrays;

/**
 * What a model takes: images of a shape, classes and timesteps. Every stage asks here before its
 * work begins, so that what the model would refuse at some step of some image is refused at once.
 *
 * @param name of the model, for messages: "checkpoint member-000"
 * @param shape of its images
 * @param labels the classes; none for a model without
 * @param timesteps t
 */
public record ModelInputs(String name, ImageShape shape, InputRange labels, InputRange timesteps) {

  /**
   * Of an architecture that no checkpoint has yet.
   *
   * @throws JourneyException if it does not tell the shape of its images
   */
  public static ModelInputs of(UNet2DConfig config) {
    return new ModelInputs("the model", config.shape(), config.labels(), config.timesteps());
  }

  /**
   * Refuses images that the model does not take: of another shape, without a class or of a class
   * that it does not know.
   *
   * @throws IllegalArgumentException if they have another shape
   * @throws JourneyException naming the first without a class that the model knows
   */
  public void requireImages(Dataset data) {
    if (!shape.equals(data.shape())) {
      throw new IllegalArgumentException(
          name
              + " draws images of "
              + shape
              + ", the data are "
              + data.shape()
              + ": use the data it was trained on"
              + (shape.height() == shape.width()
                  ? ", or add size=" + shape.height() + " to the data's name"
                  : ""));
    }
    for (int i = 0; i < data.size() && !labels.isEmpty(); i++) {
      int label = data.label(i);
      if (!labels.contains(label)) {
        throw new JourneyException(
            name
                + " takes images of the classes "
                + labels
                + ", "
                + data.id(i)
                + " of the data has "
                + (label < 0 ? "none" : "class " + label + " (" + data.labelName(i) + ")")
                + (label < 0
                    ? ": name data whose images have classes, or a model without them."
                    : ": use the data it was trained on, or a model of more classes."));
      }
    }
  }

  /**
   * Refuses pictures that the model cannot have drawn.
   *
   * @param asked the class of each, -1 where it has none
   * @throws JourneyException if one is of no class that the model knows
   */
  public void requireLabels(int... asked) {
    for (int label : asked) {
      if (!labels.isEmpty() && !labels.contains(label)) {
        throw new JourneyException(
            name
                + " draws pictures of the classes "
                + labels
                + ", a target has "
                + (label < 0 ? "no class" : "class " + label)
                + ": draw targets with journey sample --labels.");
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
