package io.journey.dataset;

import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;

/**
 * The one reading of all images when a set is opened, some at a time in parallel: finds damage,
 * sizes and colours, computes the fingerprint, and keeps decoded what memory allows.
 */
final class FirstReading {
  private static final int MOST_AT_ONCE = 512;

  private final DatasetSpec spec;
  private final List<Example> examples;
  private final long budget;
  private final ImageShape[] originals;
  private final Pixels[] kept;
  private final Progress.Task task;
  private long keptBytes;
  private boolean keeping = true;
  private ImageShape shape;
  private MessageDigest digest;
  private int atOnce;

  private record Failure(int index, JourneyException exception) {}

  private FirstReading(DatasetSpec spec, List<Example> examples, long budget, Progress.Task task) {
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
   * @throws JourneyException for the first in order that cannot be used
   */
  static FirstReading of(DatasetSpec spec, List<Example> examples, long budget, Progress progress) {
    try (Progress.Task task = progress.start("Reading images", examples.size(), "images")) {
      FirstReading reading = new FirstReading(spec, examples, budget, task);
      reading.run();
      return reading;
    }
  }

  private void run() {
    Pixels first = transformed(0);
    ImageShape assumed = first.shape();
    shape = assumed;
    atOnce = atOnce(first.sizeInBytes());
    digest = begin();
    inOrder(
        this::transformed,
        (pixels, i) -> {
          if (pixels.shape().channels() > shape.channels()) { // one in colour, so all are
            shape = pixels.shape();
          }
          if (shape == assumed) {
            update(i, pixels.withChannels(shape.channels()));
          }
          keep(i, pixels);
          task.advance(1);
        });
    if (shape != assumed) {
      digest = begin();
      inOrder(
          i -> (kept[i] == null ? transformed(i) : kept[i]).withChannels(shape.channels()),
          (pixels, i) -> update(i, pixels));
    }
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
    Example example = examples.get(index);
    Pixels stored = example.image().decode(spec.transformations().orientation());
    originals[index] = stored.shape();
    Pixels pixels = spec.transformations().apply(stored, example.id());
    ImageShape first = shape == null ? pixels.shape() : shape;
    if (pixels.shape().height() != first.height() || pixels.shape().width() != first.width()) {
      throw differentSizes(example, pixels.shape());
    }
    return pixels;
  }

  private JourneyException differentSizes(Example example, ImageShape found) {
    return new JourneyException(
        String.format(
            "%s holds images of different sizes, %s of %d×%d pixels and %s of %d×%d (height ×"
                + " width): add ?size=%d to bring all to one size.",
            spec.path(),
            examples.get(0).id(),
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
    int label = examples.get(index).label();
    digest.update(ByteBuffer.allocate(8).putInt(id.length).putInt(label).array());
    digest.update(id);
    pixels.hash(digest);
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

  /** The hash of shape, ids, labels and numbers. To be asked for once. */
  String fingerprint() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
