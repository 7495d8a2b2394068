package io.journey.evaluation.steps;

import io.journey.dataset.ImageShape;
import io.journey.embedding.Classifier;
import io.journey.embedding.ClipClassifier;
import io.journey.run.Counted;
import java.util.List;
import java.util.Locale;

/** Says of which class a picture is. */
public interface PictureClassifier {
  /** Returns a hash of all that decides its answers. */
  String fingerprint();

  /** Returns its kind and accuracy, as a person should read it. */
  String name();

  /** K names. */
  List<String> classNames();

  /**
   * Returns how likely each picture is of each class.
   *
   * @param pictures each [C·H·W] in [−1, 1]
   * @return [N, K]
   */
  float[][] probabilities(List<float[]> pictures, ImageShape shape);

  /** Returns a CLIP that chooses between texts, which its owner closes. */
  static PictureClassifier of(ClipClassifier clip) {
    return new PictureClassifier() {
      @Override
      public String fingerprint() {
        return clip.fingerprint();
      }

      @Override
      public String name() {
        return clip.name()
            + ", which names the nearest of "
            + String.join(", ", clip.texts().stream().map(text -> "'" + text + "'").toList())
            + " and has not been tested on such pictures";
      }

      @Override
      public List<String> classNames() {
        return clip.texts();
      }

      @Override
      public float[][] probabilities(List<float[]> pictures, ImageShape shape) {
        return clip.probabilities(pictures, shape);
      }
    };
  }

  /** Returns a trained classifier, which its owner closes. */
  static PictureClassifier of(Classifier classifier) {
    return new PictureClassifier() {
      @Override
      public String fingerprint() {
        return classifier.fingerprint();
      }

      @Override
      public String name() {
        return String.format(
            Locale.ROOT,
            "a classifier that is right for %.1f %% of %s it was not trained on",
            100 * classifier.accuracy(),
            Counted.of(classifier.heldOutImages(), "images"));
      }

      @Override
      public List<String> classNames() {
        return classifier.classNames();
      }

      @Override
      public float[][] probabilities(List<float[]> pictures, ImageShape shape) {
        return classifier.probabilities(pictures, shape);
      }
    };
  }
}
