package io.journey.dataset;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.run.Json;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Training images of one shape, numbered 0..size-1, each with an id that stays the same whatever
 * else is read with it. An image may be decoded anew each time it is read. Safe for many threads.
 */
public interface Dataset extends Serializable {
  /** How to open it again, as given to {@link Datasets#open}. */
  String spec();

  /** A hash of everything that decides the numbers: files, order, transformations. */
  String fingerprint();

  /** Returns the transformations of every image after it was read. */
  default Transformations transformations() {
    return Transformations.NONE;
  }

  /** Returns notes on its files: what was left out, and what was passed over. */
  default DatasetNotes notes() {
    return DatasetNotes.NONE;
  }

  /**
   * Returns the manifest's entry on the set beside its fingerprint: {@code transformations}, a
   * list, and {@code skipped}, the ids of images that cannot be read, where there are any, and
   * {@code captions}, their number, where they are asked for.
   */
  default ObjectNode describe() {
    ObjectNode description = Json.object();
    description.set("transformations", Json.tree(transformations().steps()));
    if (!notes().skipped().isEmpty()) {
      description.set("skipped", Json.tree(List.copyOf(notes().skipped().keySet())));
    }
    if (isCaptioned()) {
      int count = 0;
      for (int i = 0; i < size(); i++) {
        count += captions(i).size();
      }
      description.put("captions", count);
    }
    return description;
  }

  /** The number of examples N. */
  int size();

  /** The shape of every image. */
  ImageShape shape();

  /** The shape of an image as it is stored, before its transformation. */
  default ImageShape originalShape(int index) {
    return shape();
  }

  /**
   * Returns the file that holds the image of an example and nothing else.
   *
   * @return empty where the image lies within a larger file
   */
  default Optional<Path> file(int index) {
    return Optional.empty();
  }

  /**
   * Returns the bytes of the image of an example as its maker encoded them: a PNG, a JPEG, ….
   *
   * @return empty where images are stored as plain numbers
   */
  default Optional<Content> encoded(int index) {
    return Optional.empty();
  }

  /** Returns an example; its image is not read yet. */
  Example example(int index);

  /** The names of the classes, empty where there are none. */
  List<String> classNames();

  /** Returns the name of an example, unique in the set: "train/00017", "cats/tom.png". */
  default String id(int index) {
    return example(index).id();
  }

  /** Returns the condition of an example. */
  default Condition condition(int index) {
    return example(index).condition();
  }

  /**
   * Returns the texts that describe an example's image, in the file's order.
   *
   * @return at least one where captions are asked for, by the spec or by {@link #captioned}, the
   *     empty one where its image has none; otherwise none
   */
  default List<String> captions(int index) {
    return example(index).captions();
  }

  /**
   * Returns the captions of an example with the states of a text encoder, one for each of {@link
   * #captions}.
   *
   * @return none where nobody has computed states
   */
  default List<Condition.Caption> captionsOf(int index) {
    return List.of();
  }

  /**
   * Returns what a model may be asked to draw an example under: its captions with their states, or
   * where there are none its condition.
   */
  default List<? extends Condition> conditions(int index) {
    List<Condition.Caption> captions = captionsOf(index);
    return captions.isEmpty() ? List.of(condition(index)) : captions;
  }

  /**
   * Returns the empty caption with its states, which stands in place of a caption that is dropped
   * in training.
   *
   * @return empty where nobody has computed states
   */
  default Optional<Condition.Caption> noCaption() {
    return Optional.empty();
  }

  /**
   * Returns the manifest's entries on the data of a stage that works with them: {@code data}, the
   * fingerprint, and {@code examples}, their number; of an encoded set also what it was encoded
   * from and by.
   */
  default ObjectNode inputs() {
    return Json.object().put("data", fingerprint()).put("examples", size());
  }

  /**
   * Returns the images as pictures, which a person can look at: this set, or what it was encoded
   * from. Examples have the same indices and ids.
   */
  default Dataset pictures() {
    return this;
  }

  /**
   * Returns whether captions are asked for: each example has one, and the fingerprint covers them.
   */
  default boolean isCaptioned() {
    return size() > 0 && !captions(0).isEmpty();
  }

  /**
   * Returns this set with its captions, as {@code captions=all} in its spec would open it; itself
   * where they are asked for already. Images are not read again.
   *
   * @throws MissingCaptions if there are none
   * @throws io.journey.run.JourneyException if they are damaged, or some images have none
   */
  default Dataset captioned() {
    return captioned(Uncaptioned.REFUSED);
  }

  /**
   * Returns the same.
   *
   * @param uncaptioned what becomes of images without a caption, where the spec does not say it
   */
  default Dataset captioned(Uncaptioned uncaptioned) {
    if (isCaptioned()) {
      return this;
    }
    throw new MissingCaptions("Data set " + spec() + " has no captions: name one that has.");
  }

  /** Reads the image of an example, as {@link Example.Image#read}. */
  default void read(int index, float[] out, int offset) {
    example(index).image().read(out, offset);
  }
}
