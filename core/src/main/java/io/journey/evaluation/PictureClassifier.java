package io.journey.evaluation;

import io.journey.dataset.ImageShape;
import java.util.List;

/** Says of which class a picture is. */
public interface PictureClassifier {
  /** What decides its answers, as a hash. */
  String fingerprint();

  /** K names. */
  List<String> classNames();

  /**
   * How likely each picture is of each class.
   *
   * @param pictures each [C·H·W] in [−1, 1]
   * @return [N, K]
   */
  float[][] probabilities(List<float[]> pictures, ImageShape shape);
}
