package io.journey.dataset;

import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A data set read once and kept in memory. */
final class MemoryDataset implements Dataset {
  private final String spec;
  private final ImageShape shape;
  private final List<String> classNames;
  private final List<Example> examples;
  private volatile String fingerprint;

  /** One example; {@code label} is -1 where there is no class. */
  record Example(String id, int label, Pixels pixels) {}

  /**
   * @param examples at least one, of one shape, with distinct ids
   */
  MemoryDataset(String spec, List<String> classNames, List<Example> examples) {
    this.spec = spec;
    this.shape = examples.get(0).pixels().shape();
    this.classNames = List.copyOf(classNames);
    this.examples = List.copyOf(examples);
    for (Example example : examples) {
      if (!example.pixels().shape().equals(shape)) {
        throw new IllegalArgumentException(
            example.id() + " is " + example.pixels().shape() + " among images of " + shape);
      }
    }
  }

  /**
   * The indices of the classes a spec asks for, or null for all.
   *
   * @throws JourneyException if the data set has no such class
   */
  static Set<Integer> wantedLabels(DatasetSpec spec, List<String> classNames) {
    if (spec.classes().isEmpty()) {
      return null;
    }
    List<Integer> labels = new ArrayList<>();
    for (String name : spec.classes()) {
      int label = classNames.indexOf(name);
      if (label < 0) {
        throw new JourneyException(
            "Data set "
                + spec.text()
                + " has no class '"
                + name
                + "': "
                + (classNames.isEmpty()
                    ? "it has no classes, leave out classes=."
                    : "it has " + String.join(", ", classNames) + "."));
      }
      labels.add(label);
    }
    return new LinkedHashSet<>(labels);
  }

  @Override
  public String spec() {
    return spec;
  }

  @Override
  public String fingerprint() {
    String known = fingerprint;
    if (known == null) {
      known = hash();
      fingerprint = known;
    }
    return known;
  }

  private String hash() {
    MessageDigest digest = Checksums.sha256();
    ByteBuffer numbers = ByteBuffer.allocate(16);
    numbers.putInt(shape.channels()).putInt(shape.height()).putInt(shape.width());
    digest.update(numbers.putInt(examples.size()).array());
    for (Example example : examples) {
      byte[] id = example.id().getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(8).putInt(id.length).putInt(example.label()).array());
      digest.update(id);
      example.pixels().hash(digest);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public int size() {
    return examples.size();
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public String id(int index) {
    return examples.get(index).id();
  }

  @Override
  public int label(int index) {
    return examples.get(index).label();
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public void read(int index, float[] out, int offset) {
    examples.get(index).pixels().read(out, offset);
  }
}
