package io.journey.dataset;

import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Printable;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The one reading of all images when a set is opened, some at a time in parallel: finds damage,
 * sizes and colours, computes the fingerprint, and keeps decoded what memory allows.
 */
final class FirstReading {
  private static final int MOST_AT_ONCE = 512;

  /** So many of the images that cannot be read are named. */
  private static final int LISTED = 10;

  private final DatasetSpec spec;
  private final long budget;
  private final SortedMap<String, String> unreadable =
      new ConcurrentSkipListMap<>(CodePoints::compare);
  private List<StoredExample> examples;
  private ImageShape[] originals;
  private Pixels[] kept;
  private final Progress.Task task;
  private long keptBytes;
  private boolean keeping = true;
  private ImageShape shape;
  private String firstId;
  private MessageDigest digest;
  private int atOnce;

  private record Failure(int index, JourneyException exception) {}

  private FirstReading(
      DatasetSpec spec, List<StoredExample> examples, long budget, Progress.Task task) {
    this.spec = spec;
    this.examples = examples;
    this.budget = budget;
    this.originals = new ImageShape[examples.size()];
    this.kept = new Pixels[examples.size()];
    this.task = task;
  }

  /**
   * Reads all images.
   *
   * @param budget bytes of decoded images that may stay in memory; of a set that takes more, half
   *     as many stay
   * @throws JourneyException for all that are no images, unless they may be skipped, or for the
   *     first in order that does not fit the others
   */
  static FirstReading of(
      DatasetSpec spec, List<StoredExample> examples, long budget, Progress progress) {
    try (Progress.Task task = progress.start("Reading images", examples.size(), "images")) {
      FirstReading reading = new FirstReading(spec, examples, budget, task);
      reading.run();
      return reading;
    }
  }

  private void run() {
    Pixels first = firstReadable();
    ImageShape assumed = first.shape();
    shape = assumed;
    atOnce = atOnce(first.sizeInBytes());
    digest = begin();
    inOrder(
        this::readable,
        (pixels, i) -> {
          task.advance(1);
          if (pixels == null) {
            return;
          }
          if (pixels.shape().channels() > shape.channels()) { // one in colour, so all are
            shape = pixels.shape();
          }
          if (unreadable.isEmpty()) {
            if (shape == assumed) {
              update(i, pixels.withChannels(shape.channels()));
            }
            keep(i, pixels);
          } else if (spec.skipsUnreadable()) {
            keep(i, pixels);
          }
        });
    boolean complete = unreadable.isEmpty();
    if (!complete) {
      leaveOutUnreadable();
    }
    if (shape != assumed || !complete) {
      digest = begin();
      inOrder(
          i -> (kept[i] == null ? transformed(i) : kept[i]).withChannels(shape.channels()),
          (pixels, i) -> update(i, pixels));
    }
  }

  private Pixels firstReadable() {
    for (int i = 0; i < examples.size(); i++) {
      Pixels pixels = readable(i);
      if (pixels != null) {
        firstId = examples.get(i).id();
        return pixels;
      }
    }
    throw allUnreadable();
  }

  /** The image, or null and a note why there is none. */
  private Pixels readable(int index) {
    try {
      return transformed(index);
    } catch (UnreadableImage e) {
      unreadable.put(examples.get(index).id(), e.getMessage());
      return null;
    }
  }

  private void leaveOutUnreadable() {
    if (!spec.skipsUnreadable()) {
      throw allUnreadable();
    }
    int[] readable =
        IntStream.range(0, examples.size())
            .filter(i -> !unreadable.containsKey(examples.get(i).id()))
            .toArray();
    List<StoredExample> all = examples;
    examples = Arrays.stream(readable).mapToObj(all::get).toList();
    ImageShape[] shapes = originals;
    originals = Arrays.stream(readable).mapToObj(i -> shapes[i]).toArray(ImageShape[]::new);
    Pixels[] images = kept;
    kept = Arrays.stream(readable).mapToObj(i -> images[i]).toArray(Pixels[]::new);
  }

  /** One sentence for all of them: the names of the first, and why the first cannot be read. */
  private JourneyException allUnreadable() {
    int count = unreadable.size();
    String reason = Printable.of(unreadable.get(unreadable.firstKey()).replaceAll("\\.$", ""));
    boolean none = count == examples.size();
    String remedy =
        none || spec.skipsUnreadable() ? "." : "; skip=unreadable leaves out what cannot be read.";
    if (count == 1) {
      return new JourneyException(reason + remedy);
    }
    String names =
        unreadable.keySet().stream()
            .limit(LISTED)
            .map(Printable::of)
            .collect(Collectors.joining(", "));
    return new JourneyException(
        String.format(
            "%s of the %d images of %s can be read, not %s%s; %s%s",
            none ? "None" : "Only " + (examples.size() - count),
            examples.size(),
            spec.path(),
            names,
            count > LISTED ? " and " + (count - LISTED) + " more" : "",
            reason,
            remedy));
  }

  private int atOnce(long bytes) {
    int threads = Runtime.getRuntime().availableProcessors();
    return (int) Math.max(threads, Math.min(MOST_AT_ONCE, budget / 8 / bytes));
  }

  /** Reads in parallel, a few at a time, and hands them on in order. */
  private void inOrder(IntFunction<Pixels> reader, ObjIntConsumer<Pixels> next) {
    Workers workers = new Workers(Runtime.getRuntime().availableProcessors(), () -> {});
    for (int start = 0; start < examples.size(); start += atOnce) {
      int from = start;
      Pixels[] some = new Pixels[Math.min(atOnce, examples.size() - from)];
      AtomicReference<Failure> failure = new AtomicReference<>();
      workers.forEach(
          some.length,
          k -> {
            Failure earlier = failure.get();
            if (earlier != null && earlier.index() < k) {
              return;
            }
            try {
              some[k] = reader.apply(from + k);
            } catch (JourneyException e) {
              failure.accumulateAndGet(
                  new Failure(k, e), (a, b) -> a == null || b.index() < a.index() ? b : a);
            }
          });
      if (failure.get() != null) {
        throw failure.get().exception();
      }
      for (int k = 0; k < some.length; k++) {
        next.accept(some[k], from + k);
      }
    }
  }

  private Pixels transformed(int index) {
    StoredExample example = examples.get(index);
    Pixels stored = example.image().decode(spec.transformations().orientation());
    originals[index] = stored.shape();
    Pixels pixels = spec.transformations().apply(stored, example.id());
    ImageShape first = shape == null ? pixels.shape() : shape;
    if (pixels.shape().height() != first.height() || pixels.shape().width() != first.width()) {
      throw differentSizes(example, pixels.shape());
    }
    return pixels;
  }

  private JourneyException differentSizes(StoredExample example, ImageShape found) {
    return new JourneyException(
        String.format(
            "%s holds images of different sizes, %s of %d×%d pixels and %s of %d×%d (height ×"
                + " width): add ?size=%d to bring all to one size.",
            spec.path(),
            firstId,
            shape.height(),
            shape.width(),
            example.id(),
            found.height(),
            found.width(),
            Math.min(
                Math.min(shape.height(), shape.width()), Math.min(found.height(), found.width()))));
  }

  private void keep(int index, Pixels pixels) {
    if (!keeping) {
      return;
    }
    kept[index] = pixels;
    keptBytes += pixels.sizeInBytes();
    if (keptBytes > budget) {
      keeping = false;
      for (int i = index; keptBytes > budget / 2; i--) {
        if (kept[i] == null) { // unreadable
          continue;
        }
        keptBytes -= kept[i].sizeInBytes();
        kept[i] = null;
      }
    }
  }

  private MessageDigest begin() {
    ByteBuffer numbers = ByteBuffer.allocate(16);
    numbers.putInt(shape.channels()).putInt(shape.height()).putInt(shape.width());
    MessageDigest begun = Checksums.sha256();
    begun.update(numbers.putInt(examples.size()).array());
    return begun;
  }

  private void update(int index, Pixels pixels) {
    byte[] id = examples.get(index).id().getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(id.length).array());
    digest.update(examples.get(index).condition().fingerprint());
    digest.update(id);
    pixels.hash(digest);
  }

  /** The examples without those that were skipped. */
  List<StoredExample> examples() {
    return examples;
  }

  /** Why each image that was skipped cannot be read, by its id. */
  SortedMap<String, String> skipped() {
    return unreadable;
  }

  /** The shape of every image after its transformation. */
  ImageShape shape() {
    return shape;
  }

  /** The shapes of the images as they are stored. */
  ImageShape[] originals() {
    return originals;
  }

  /** The images that stay in memory, null for the others. */
  Pixels[] kept() {
    return kept;
  }

  /** The hash of shape, ids, conditions and numbers. To be asked for once. */
  String fingerprint() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
