package io.journey.dataset;

import io.journey.condition.Condition;
import io.journey.run.Checksums;
import io.journey.run.SettingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Some examples of a data set, in its order, with their ids. It holds indices only and reads
 * through. A subset of a subset is one of the whole set.
 */
public final class Subset implements Dataset {
  private final Dataset whole;
  private final int[] indices;
  private final String fingerprint;

  private Subset(Dataset whole, int[] indices) {
    this.whole = whole;
    this.indices = indices;
    this.fingerprint = fingerprint(whole, indices);
  }

  /**
   * Takes examples by index.
   *
   * @param indices of {@code dataset}, at least one, rising, each once
   * @throws IllegalArgumentException if they are not
   */
  public static Subset of(Dataset dataset, int... indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("a subset must hold at least one example");
    }
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= dataset.size()) {
        throw new IllegalArgumentException(
            "subset index must be in 0.." + (dataset.size() - 1) + ", got " + indices[i]);
      }
      if (i > 0 && indices[i] <= indices[i - 1]) {
        throw new IllegalArgumentException(
            "subset indices must rise, got " + indices[i] + " after " + indices[i - 1]);
      }
    }
    if (dataset instanceof Subset inner) {
      return new Subset(inner.whole, Arrays.stream(indices).map(i -> inner.indices[i]).toArray());
    }
    return new Subset(dataset, indices.clone());
  }

  /**
   * Leaves examples out.
   *
   * @param ids of {@code dataset}; an empty collection leaves all examples in
   * @throws IllegalArgumentException if one is not in the data set, or none is left
   */
  public static Subset without(Dataset dataset, Collection<String> ids) {
    Set<String> missing = new HashSet<>(ids);
    Set<String> removed = Set.copyOf(missing);
    int[] kept =
        IntStream.range(0, dataset.size())
            .filter(
                i -> {
                  missing.remove(dataset.id(i));
                  return !removed.contains(dataset.id(i));
                })
            .toArray();
    if (!missing.isEmpty()) {
      throw new SettingException(
          "the data set " + dataset.spec() + " has no example " + missing.iterator().next());
    }
    return of(dataset, kept);
  }

  private static String fingerprint(Dataset whole, int[] indices) {
    if (indices.length == whole.size()) {
      return whole.fingerprint();
    }
    MessageDigest digest = Checksums.sha256();
    digest.update(("subset of " + whole.fingerprint()).getBytes(StandardCharsets.UTF_8));
    ByteBuffer numbers = ByteBuffer.allocate(4 * indices.length);
    numbers.asIntBuffer().put(indices);
    digest.update(numbers);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the data set it was taken from; never itself a subset. */
  public Dataset whole() {
    return whole;
  }

  /** Returns the indices of its examples in {@link #whole}, rising. */
  public int[] indices() {
    return indices.clone();
  }

  /** Returns the spec of the whole set: a subset is written down as that and its ids. */
  @Override
  public String spec() {
    return whole.spec();
  }

  /** That of the whole set if nothing is left out, otherwise a hash of it and the indices. */
  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public Transformations transformations() {
    return whole.transformations();
  }

  @Override
  public DatasetNotes notes() {
    return whole.notes();
  }

  @Override
  public ImageShape originalShape(int index) {
    return whole.originalShape(indices[index]);
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public ImageShape shape() {
    return whole.shape();
  }

  @Override
  public Optional<Path> file(int index) {
    return whole.file(indices[index]);
  }

  @Override
  public Optional<Content> encoded(int index) {
    return whole.encoded(indices[index]);
  }

  @Override
  public Example example(int index) {
    return whole.example(indices[index]);
  }

  @Override
  public List<Condition.Caption> captionsOf(int index) {
    return whole.captionsOf(indices[index]);
  }

  @Override
  public Optional<Condition.Caption> noCaption() {
    return whole.noCaption();
  }

  @Override
  public Dataset pictures() {
    Dataset pictures = whole.pictures();
    return pictures == whole ? this : new Subset(pictures, indices);
  }

  @Override
  public Dataset captioned(Uncaptioned uncaptioned) {
    return isCaptioned() ? this : new Subset(whole.captioned(uncaptioned), indices);
  }

  @Override
  public List<String> classNames() {
    return whole.classNames();
  }
}
