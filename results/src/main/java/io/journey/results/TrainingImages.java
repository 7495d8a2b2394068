package io.journey.results;

import io.journey.dataset.Dataset;
import io.journey.dataset.MissingCaptions;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.JsonFields;
import java.nio.file.Path;

/** The training images that an attribution scores, from the data set that a user names. */
public final class TrainingImages {
  private static final String SEEN = "data";
  private static final String PICTURES = "pictures";
  private static final String TEXT_ENCODER = "text_encoder";

  private TrainingImages() {}

  /**
   * Returns the training images as a person can look at them: with their captions where the model
   * takes text, and as pictures where it saw latents.
   *
   * @param data as the user named it
   * @throws JourneyException if the attribution was made from other images or captions
   */
  public static Dataset of(Attribution attribution, Dataset data) {
    Path directory = attribution.manifest().directory();
    JsonFields inputs = attribution.manifest().inputFields();
    boolean captioned = inputs.has(TEXT_ENCODER);
    Dataset pictures = captioned ? captioned(attribution, data.pictures()) : data.pictures();
    String made = inputs.text(inputs.has(PICTURES) ? PICTURES : SEEN);
    if (!made.equals(pictures.fingerprint())) {
      throw new JourneyException(
          directory
              + " was made from data with the fingerprint "
              + shortened(made)
              + ", "
              + pictures.spec()
              + " has "
              + shortened(pictures.fingerprint())
              + (captioned
                  ? ": name the data it was made from, with the same captions."
                  : ": name the data it was made from."));
    }
    if (attribution.size() != pictures.size()) {
      throw new JourneyException(
          directory
              + " scores "
              + Counted.of(attribution.size(), "examples")
              + ", "
              + pictures.spec()
              + " has "
              + pictures.size()
              + ": make the attribution again.");
    }
    return pictures;
  }

  /** Other data without captions are first of all other data. */
  private static Dataset captioned(Attribution attribution, Dataset pictures) {
    try {
      return pictures.captioned();
    } catch (MissingCaptions e) {
      boolean same = attribution.size() == pictures.size();
      for (int i = 0; same && i < pictures.size(); i++) {
        same = attribution.examples().get(i).id().equals(pictures.id(i));
      }
      if (same) {
        throw e;
      }
      throw new JourneyException(
          attribution.manifest().directory()
              + " was made from other images than "
              + pictures.spec()
              + ", such as "
              + attribution.examples().get(0).id()
              + ": name the data it was made from.",
          e);
    }
  }

  private static String shortened(String fingerprint) {
    return fingerprint.length() <= 12 ? fingerprint : fingerprint.substring(0, 12) + "…";
  }
}
