package io.journey.results;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.dataset.MissingCaptions;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Manifest;
import java.nio.file.Path;
import java.util.List;

/** The training images of an attribution or of features, from the data set that a user names. */
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
    return of(attribution.manifest(), attribution.size(), data);
  }

  /**
   * Returns the same of any directory that was made from training images.
   *
   * @param made its manifest
   * @param size the number of its training images
   */
  public static Dataset of(Manifest made, int size, Dataset data) {
    Path directory = made.directory();
    JsonFields inputs = made.inputFields();
    boolean captioned = inputs.has(TEXT_ENCODER);
    Dataset pictures = captioned ? captioned(made, data.pictures()) : data.pictures();
    String expected = inputs.text(inputs.has(PICTURES) ? PICTURES : SEEN);
    if (!expected.equals(pictures.fingerprint())) {
      throw new JourneyException(
          directory
              + " was made from data with the fingerprint "
              + shortened(expected)
              + ", "
              + pictures.spec()
              + " has "
              + shortened(pictures.fingerprint())
              + (captioned
                  ? ": name the data it was made from, with the same captions."
                  : ": name the data it was made from."));
    }
    if (size != pictures.size()) {
      throw new JourneyException(
          directory
              + " has "
              + Counted.of(size, "examples")
              + ", "
              + pictures.spec()
              + " has "
              + pictures.size()
              + ": make it again.");
    }
    return pictures;
  }

  /**
   * Returns the entries by which a directory is held against the data again, for its manifest.
   *
   * @param made what it was made of
   * @param pictures as {@link #of} returns them for that
   */
  public static ObjectNode inputs(Manifest made, Dataset pictures) {
    ObjectNode inputs = Json.object().put(PICTURES, pictures.fingerprint());
    if (made.inputFields().has(TEXT_ENCODER)) {
      inputs.put(TEXT_ENCODER, made.inputFields().text(TEXT_ENCODER));
    }
    return inputs;
  }

  /** Other data without captions are first of all other data. */
  private static Dataset captioned(Manifest made, Dataset pictures) {
    try {
      return pictures.captioned();
    } catch (MissingCaptions e) {
      List<ExampleTable.Example> examples = ExampleTable.read(made.verified(ExampleTable.FILE));
      boolean same = examples.size() == pictures.size();
      for (int i = 0; same && i < pictures.size(); i++) {
        same = examples.get(i).id().equals(pictures.id(i));
      }
      if (same) {
        throw e;
      }
      throw new JourneyException(
          made.directory()
              + " was made from other images than "
              + pictures.spec()
              + ", such as "
              + examples.get(0).id()
              + ": name the data it was made from.",
          e);
    }
  }

  private static String shortened(String fingerprint) {
    return fingerprint.length() <= 12 ? fingerprint : fingerprint.substring(0, 12) + "…";
  }
}
