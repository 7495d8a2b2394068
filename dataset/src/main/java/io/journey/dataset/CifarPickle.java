package io.journey.dataset;

import io.journey.array.ArrayPickle;
import io.journey.array.PickledArray;
import io.journey.run.JourneyException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A file of the Python release of CIFAR, as published or pickled again: a dictionary with an array
 * {@code data} of N×3072 bytes and lists of labels, or with names of classes.
 */
final class CifarPickle {
  /** The largest published one has 155 MB. */
  static final long MAX_BYTES = 256L << 20;

  private final Path file;
  private final ByteBuffer pickle;
  private final Map<String, Object> values;

  private CifarPickle(Path file, byte[] pickle) {
    this.file = file;
    this.pickle = ByteBuffer.wrap(pickle);
    this.values = ArrayPickle.read(file, this.pickle);
  }

  /**
   * Reads one.
   *
   * @param file for messages
   * @throws JourneyException if it is damaged, or not such a file
   */
  static CifarPickle read(Path file, byte[] pickle) {
    return new CifarPickle(file, pickle);
  }

  /**
   * Returns where its pixels begin in the pickle, -1 if they do not lie there as they are.
   *
   * @param numel how many an image has
   */
  int pixelsAt(int numel) {
    return data(numel).offset();
  }

  /** Returns a copy of all its pixels. */
  byte[] pixels(int numel) {
    return data(numel).numbers(pickle);
  }

  /** Returns how many images it has. */
  int count(int numel) {
    return Math.toIntExact(data(numel).shape().get(0));
  }

  private PickledArray data(int numel) {
    if (values.get("data") instanceof PickledArray data
        && data.shape().size() == 2
        && data.shape().get(1) == numel) {
      return data;
    }
    throw new JourneyException(
        file + " holds no array 'data' of N×" + numel + " bytes: it is no batch of CIFAR.");
  }

  /**
   * Returns the labels in order.
   *
   * @param name {@code labels}, {@code fine_labels} or {@code coarse_labels}
   * @param count how many there must be
   */
  List<Integer> labels(String name, int count) {
    List<Integer> labels = new ArrayList<>();
    if (values.get(name) instanceof List<?> list) {
      for (Object label : list) {
        labels.add(label instanceof Long number ? (int) Math.max(-1, Math.min(256, number)) : -1);
      }
    }
    if (labels.size() != count || labels.contains(-1)) {
      throw new JourneyException(
          file + " holds no list '" + name + "' of " + count + " labels: it is no batch of CIFAR.");
    }
    return labels;
  }

  /** Returns the names of classes one a line, "" where there are none of this kind. */
  String names(String name) {
    StringBuilder names = new StringBuilder();
    if (values.get(name) instanceof List<?> list) {
      list.forEach(n -> names.append(n instanceof String text ? text : "").append('\n'));
    }
    return names.toString();
  }
}
