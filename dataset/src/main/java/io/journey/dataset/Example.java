package io.journey.dataset;

import io.journey.condition.Condition;

/**
 * One training example. Its image may be decoded anew each time it is read.
 *
 * @param id unique in the set: "train/00017", "cats/tom.png"
 * @param condition that the image is drawn under; a class is an index into the set's class names
 * @param image reads the image
 */
public record Example(String id, Condition condition, Image image) {
  /** Reads an image. */
  @FunctionalInterface
  public interface Image {
    /**
     * Reads the numbers of the image.
     *
     * @param out receives {@code shape().numel()} numbers in [-1, 1], order C, H, W
     * @param offset where in {@code out} the first goes
     * @throws io.journey.run.JourneyException if its file has changed since the set was opened
     */
    void read(float[] out, int offset);
  }
}
