package io.journey.dataset;

import io.journey.condition.Condition;
import java.util.List;

/**
 * One training example. Its image may be decoded anew each time it is read.
 *
 * @param id unique in the set: "train/00017", "cats/tom.png"
 * @param condition that the image is drawn under; a class is an index into the set's class names
 * @param image reads the image
 * @param captions texts that describe the image, in the file's order; empty where they are not
 *     asked for
 */
public record Example(String id, Condition condition, Image image, List<String> captions) {
  /** An example without captions. */
  public Example(String id, Condition condition, Image image) {
    this(id, condition, image, List.of());
  }

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
