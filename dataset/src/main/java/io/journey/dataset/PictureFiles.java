package io.journey.dataset;

import io.journey.condition.Condition;
import io.journey.dataset.Transformations.Crop;
import io.journey.dataset.Transformations.Flip;
import io.journey.dataset.Transformations.Orient;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Pictures from elsewhere, decoded and brought to the shape of a model's images as those of a data
 * set are.
 */
public final class PictureFiles {
  private PictureFiles() {}

  /**
   * One picture.
   *
   * @param name of its file, below the folder where one was named
   * @param image numbers in [-1, 1], [C·H·W]
   * @param changes how it differs from its file
   */
  public record Picture(String name, float[] image, Set<PictureChange> changes) {}

  /**
   * Reads a picture, or all those in a folder and the folders below, in order of their names. A
   * picture of another size is cropped to the largest square in its middle and resized.
   *
   * @param shape what they become
   * @param trained the steps of {@link Transformations} that the training images went through:
   *     {@code orient=stored} and {@code flip=horizontal} are followed, too
   * @return at least one
   * @throws UnreadableImage if one cannot be read; the message names it
   * @throws JourneyException if there are none, or one cannot be brought to the shape
   */
  public static List<Picture> read(Path place, ImageShape shape, List<String> trained) {
    List<Picture> pictures = new ArrayList<>();
    for (StoredExample stored : stored(place)) {
      Pixels pixels = stored.image().decode(orient(trained));
      pictures.add(fitted(pixels, stored.id(), shape, trained));
    }
    return pictures;
  }

  private static Set<PictureChange> changes(Pixels pixels, ImageShape shape) {
    ImageShape found = pixels.shape();
    Set<PictureChange> changes = EnumSet.noneOf(PictureChange.class);
    changes.addAll(pixels.changes());
    if (found.channels() > shape.channels()) {
      changes.add(PictureChange.GREY);
    }
    if (found.height() != shape.height() || found.width() != shape.width()) {
      if (found.height() != found.width()) {
        changes.add(PictureChange.CROPPED);
      }
      if (Math.min(found.height(), found.width()) < shape.height()) {
        changes.add(PictureChange.ENLARGED);
      }
    }
    return changes;
  }

  /** Returns how pictures differ from their files, counted, in a sentence; "" where none does. */
  public static String changes(List<Picture> pictures) {
    List<String> told = new ArrayList<>();
    for (PictureChange change : PictureChange.values()) {
      long count = pictures.stream().filter(one -> one.changes().contains(change)).count();
      if (count > 0) {
        told.add(count + " " + change.words());
      }
    }
    return told.isEmpty()
        ? ""
        : "Of "
            + Counted.of(pictures.size(), "pictures")
            + ", as training images are: "
            + String.join(", ", told)
            + ".";
  }

  /**
   * Reads a picture that is in memory, in the same way.
   *
   * @param name of its file
   * @param file its bytes
   * @throws JourneyException if it cannot be read or brought to the shape; the message names it
   */
  public static Picture decode(String name, byte[] file, ImageShape shape, List<String> trained) {
    return fitted(ImageDecoder.decode(file, name, orient(trained)), name, shape, trained);
  }

  private static Orient orient(List<String> trained) {
    return trained.contains("orient=stored") ? Orient.STORED : Orient.UPRIGHT;
  }

  private static Picture fitted(
      Pixels pixels, String name, ImageShape shape, List<String> trained) {
    Flip flip = trained.contains("flip=horizontal") ? Flip.HORIZONTAL : Flip.NONE;
    float[] image = new float[shape.numel()];
    fitting(pixels, shape, flip, name).apply(pixels, name).read(image, 0);
    return new Picture(name, image, changes(pixels, shape));
  }

  private static List<StoredExample> stored(Path place) {
    if (!Files.isDirectory(place)) {
      StoredImage image = new StoredImage.InFile(SourceFile.of(place));
      return List.of(new StoredExample(FileNames.shown(place), Condition.NONE, image));
    }
    return ImageFolder.pictures(place).examples();
  }

  private static Transformations fitting(Pixels pixels, ImageShape shape, Flip flip, String name) {
    int channels = shape.channels();
    if (channels != 1 && channels != 3) {
      throw new JourneyException(
          "The model's images are "
              + shape
              + ", and a picture has 1 or 3 channels: ask a model of pictures.");
    }
    ImageShape found = pixels.shape();
    boolean fits = found.height() == shape.height() && found.width() == shape.width();
    if (!fits && shape.height() != shape.width()) {
      throw new JourneyException(
          String.format(
              "%s has %d×%d pixels (height × width), the model's images %d×%d, which are no square:"
                  + " bring it to that size.",
              name, found.height(), found.width(), shape.height(), shape.width()));
    }
    return new Transformations(
        Optional.empty(),
        Optional.of(channels),
        fits ? Crop.NONE : Crop.CENTER,
        fits ? Optional.empty() : Optional.of(shape.height()),
        flip);
  }
}
