package io.journey.report;

import io.journey.dataset.Dataset;
import io.journey.results.Attribution;
import io.journey.results.TrainingImages;
import io.journey.run.JourneyException;

/**
 * The training images of an attribution as a person can look at them: with their captions where the
 * model takes text, and as pictures where it saw latents.
 */
final class TrainingPictures {
  private TrainingPictures() {}

  /**
   * Returns the training images to show.
   *
   * @param data as the user named it
   * @throws JourneyException if the attribution was made from other images or captions
   */
  static Dataset of(Attribution attribution, Dataset data, TargetImages targets) {
    Dataset pictures = TrainingImages.of(attribution, data);
    if (!targets.shape().equals(pictures.shape())) {
      throw new JourneyException(
          targets.directory()
              + " has pictures of "
              + targets.shape()
              + ", the images of "
              + pictures.spec()
              + " are "
              + pictures.shape()
              + ": a page needs pictures like those of the data.");
    }
    return pictures;
  }
}
