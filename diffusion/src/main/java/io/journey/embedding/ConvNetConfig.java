package io.journey.embedding;

import io.journey.dataset.ImageShape;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a {@link ConvNet}. Level 0 has the image's sides, every further level half of them
 * (rounded up), until no side is longer than 4.
 *
 * @param shape of images
 * @param classes K, from 2 to 10000
 * @param width channels of level 0, a multiple of 8; doubled at each level up to four times that
 * @param features how many numbers stand between the last level and the classes
 */
record ConvNetConfig(ImageShape shape, int classes, int width, int features) {
  /** The longest side of the last level. */
  private static final int LAST_SIDE = 4;

  private static final int MAX_CLASSES = 10_000;

  private static final int MAX_SIDE = 4096;

  public ConvNetConfig {
    check(classes >= 2, "classes must be at least 2, got " + classes);
    check(
        width >= 8 && width % 8 == 0 && width <= 256,
        "width must be a multiple of 8 from 8 to 256, got " + width);
    check(features >= 1 && features <= 4096, "features must be from 1 to 4096, got " + features);
    check(
        classes <= MAX_CLASSES
            && shape.channels() <= MAX_SIDE
            && Math.max(shape.height(), shape.width()) <= MAX_SIDE,
        "there may be "
            + MAX_CLASSES
            + " classes, sides and channels of "
            + MAX_SIDE
            + " at most, got "
            + Counted.of(classes, "classes")
            + " and images of "
            + shape);
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new SettingException(message);
    }
  }

  /** Returns the shape of every level's numbers, one after the other. */
  List<ImageShape> levels() {
    List<ImageShape> levels = new ArrayList<>();
    ImageShape level = new ImageShape(width, shape.height(), shape.width());
    levels.add(level);
    while (Math.max(level.height(), level.width()) > LAST_SIDE) {
      level =
          new ImageShape(
              Math.min(2 * level.channels(), 4 * width),
              (level.height() + 1) / 2,
              (level.width() + 1) / 2);
      levels.add(level);
    }
    return levels;
  }
}
