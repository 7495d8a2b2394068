package io.journey.dataset;

import io.journey.condition.Condition;
import java.util.ArrayList;
import java.util.List;

/** A data set made by a test. */
public final class MemoryDataset implements Dataset {
  private final ImageShape shape;
  private final List<String> ids = new ArrayList<>();
  private final List<Condition> conditions = new ArrayList<>();
  private final List<float[]> images = new ArrayList<>();
  private final List<List<String>> captions = new ArrayList<>();
  private List<String> classNames = List.of();
  private String fingerprint = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  public MemoryDataset(int channels, int height, int width) {
    this.shape = new ImageShape(channels, height, width);
  }

  /** Adds an example of a class. */
  public MemoryDataset add(String id, int label, float... image) {
    return add(id, new Condition.ClassLabel(label), image);
  }

  /** Adds an example. */
  public MemoryDataset add(String id, Condition condition, float... image) {
    if (image.length != shape.numel()) {
      throw new IllegalArgumentException(id + " has " + image.length + " numbers");
    }
    ids.add(id);
    conditions.add(condition);
    images.add(image);
    captions.add(List.of());
    return this;
  }

  /** Gives captions to the example that was added last. */
  public MemoryDataset captions(String... texts) {
    captions.set(captions.size() - 1, List.of(texts));
    return this;
  }

  /** Names the classes. */
  public MemoryDataset classes(String... names) {
    classNames = List.of(names);
    return this;
  }

  /** Pretends to hold other data. */
  public MemoryDataset fingerprint(String value) {
    fingerprint = value;
    return this;
  }

  @Override
  public String spec() {
    return "memory:test";
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int size() {
    return ids.size();
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public Example example(int index) {
    return new Example(
        ids.get(index),
        conditions.get(index),
        (out, offset) -> System.arraycopy(images.get(index), 0, out, offset, shape.numel()),
        captions.get(index));
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }
}
