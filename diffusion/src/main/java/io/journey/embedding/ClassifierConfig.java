package io.journey.embedding;

import io.journey.run.SettingException;

/**
 * How a classifier is trained: Adam on the cross-entropy, learning rate falling by half a cosine
 * from its start value to zero, images as they are.
 *
 * @param epochs how often each training image is met
 * @param batchSize images a step
 * @param learningRate at the first step
 * @param width channels of the network's first level, a multiple of 8
 * @param features the length of its vectors
 */
public record ClassifierConfig(
    int epochs, int batchSize, double learningRate, int width, int features) {
  /** Twelve epochs of 32 images a step, 16 channels, 64 features. */
  public static final ClassifierConfig DEFAULT = new ClassifierConfig(12, 32, 2e-3, 16, 64);

  public ClassifierConfig {
    check(epochs >= 1, "classifier.epochs must be at least 1, got " + epochs);
    check(batchSize >= 1, "classifier.batchSize must be at least 1, got " + batchSize);
    check(
        learningRate > 0 && Double.isFinite(learningRate),
        "classifier.learningRate must be positive, got " + learningRate);
    check(
        width >= 8 && width % 8 == 0 && width <= 256,
        "classifier.width must be a multiple of 8 from 8 to 256, got " + width);
    check(
        features >= 1 && features <= 4096,
        "classifier.features must be from 1 to 4096, got " + features);
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new SettingException(message);
    }
  }

  /** The same with another number of epochs. */
  public ClassifierConfig withEpochs(int newEpochs) {
    return new ClassifierConfig(newEpochs, batchSize, learningRate, width, features);
  }
}
