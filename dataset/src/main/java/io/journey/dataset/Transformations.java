package io.journey.dataset;

import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The transformations of every image of a set after it is read, in this order: turned upright,
 * colour, crop, size, mirror.
 *
 * <p>Crop and size together keep the same part of a picture as torchvision's {@code Resize(n)}
 * (shorter side to n) followed by {@code CenterCrop(n)}.
 *
 * @param orient whether pictures are turned upright, empty for data that have no note of it
 * @param channels 1 or 3, empty to keep theirs
 * @param crop which part is kept
 * @param size side of the square images in pixels, empty to keep theirs
 * @param flip whether every image is mirrored
 */
public record Transformations(
    Optional<Orient> orient,
    Optional<Integer> channels,
    Crop crop,
    Optional<Integer> size,
    Flip flip) {
  /** Images as they are stored. */
  public static final Transformations NONE =
      new Transformations(
          Optional.empty(), Optional.empty(), Crop.NONE, Optional.empty(), Flip.NONE);

  /** The use of a camera's note how a picture is to be held (EXIF or XMP). */
  public enum Orient {
    /** The picture is turned as the note says. */
    UPRIGHT,
    /** The note is left alone. */
    STORED
  }

  /** The part of an image that is kept. */
  public enum Crop {
    /** All of it. */
    NONE,
    /** The largest square in the middle. */
    CENTER
  }

  /** The mirroring of images. */
  public enum Flip {
    /** Not at all. */
    NONE,
    /** Left becomes right. */
    HORIZONTAL
  }

  /**
   * Returns the steps in the order they are taken, as options of a spec: "crop=center", "size=32".
   */
  public List<String> steps() {
    List<String> steps = new ArrayList<>();
    orient.ifPresent(o -> steps.add("orient=" + o.name().toLowerCase(Locale.ROOT)));
    channels.ifPresent(n -> steps.add("channels=" + n));
    if (crop == Crop.CENTER) {
      steps.add("crop=center");
    }
    size.ifPresent(n -> steps.add("size=" + n));
    if (flip == Flip.HORIZONTAL) {
      steps.add("flip=horizontal");
    }
    return List.copyOf(steps);
  }

  /** Returns how decoding uses a camera's note. */
  Orient orientation() {
    return orient.orElse(Orient.STORED);
  }

  /** Returns the same, with pictures turned upright if nothing was said. */
  Transformations upright() {
    return new Transformations(
        Optional.of(orient.orElse(Orient.UPRIGHT)), channels, crop, size, flip);
  }

  /**
   * Transforms an image that is held as {@link #orient} says.
   *
   * @param name of the image, for the message
   * @throws JourneyException if it is not square, {@code size} is given and nothing is cropped
   */
  Pixels apply(Pixels image, String name) {
    Pixels now = channels.isPresent() ? image.withChannels(channels.get()) : image;
    if (crop == Crop.CENTER) {
      now = now.centreSquare();
    }
    if (size.isPresent()) {
      ImageShape shape = now.shape();
      if (shape.height() != shape.width()) {
        throw new JourneyException(
            String.format(
                "%s has %d×%d pixels (height × width), and crop=none keeps all of it: use"
                    + " crop=center, images are not stretched.",
                name, shape.height(), shape.width()));
      }
      now = now.resized(size.get());
    }
    return flip == Flip.HORIZONTAL ? now.mirrored() : now;
  }
}
