package io.journey.dataset;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.run.Json;
import java.util.List;

/**
 * Training images of one shape, numbered 0..size-1, each with an id that stays the same whatever
 * else is read with it. An image may be decoded anew each time it is read. Safe for many threads.
 */
public interface Dataset {
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
   * list, and {@code skipped}, the ids of images that cannot be read, where there are any.
   */
  default ObjectNode describe() {
    ObjectNode description = Json.object();
    description.set("transformations", Json.tree(transformations().steps()));
    if (!notes().skipped().isEmpty()) {
      description.set("skipped", Json.tree(List.copyOf(notes().skipped().keySet())));
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

  /** Reads the image of an example, as {@link Example.Image#read}. */
  default void read(int index, float[] out, int offset) {
    example(index).image().read(out, offset);
  }
}
