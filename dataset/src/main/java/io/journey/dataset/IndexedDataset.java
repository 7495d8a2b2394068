package io.journey.dataset;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A data set of which the places of all images are known, and as many images are kept decoded as
 * memory allows; the others are decoded whenever they are read. Which ones are kept never changes:
 * in training every image is read once an epoch, and there a cache that exchanges images hits less
 * often than one that does not.
 */
final class IndexedDataset implements Dataset {
  private final DatasetSpec spec;
  private final List<String> classNames;
  private final List<StoredExample> examples;
  private final ImageShape shape;
  private final ImageShape[] originals;
  private final Pixels[] kept;
  private final String fingerprint;
  private final DatasetNotes notes;
  private final Listing listing;
  private final Captions captions;

  private IndexedDataset(
      DatasetSpec spec, Listing listing, Captions captions, FirstReading reading) {
    this.spec = spec;
    this.classNames = List.copyOf(listing.classNames());
    this.examples = reading.examples();
    this.listing = listing.withExamples(List.of());
    this.captions = captions.of(listing.examples(), examples);
    this.notes = listing.notes().withSkipped(reading.skipped()).withCaptions(captions.remarks());
    this.shape = reading.shape();
    this.originals = shared(reading.originals());
    this.kept = reading.kept();
    this.fingerprint = this.captions.fingerprint(reading.fingerprint());
  }

  /** The same images with captions. */
  private IndexedDataset(IndexedDataset images, DatasetSpec spec, Captions captions) {
    this.spec = spec;
    this.classNames = images.classNames;
    this.examples = images.examples;
    this.listing = images.listing;
    this.captions = captions;
    this.notes = images.notes.withCaptions(captions.remarks());
    this.shape = images.shape;
    this.originals = images.originals;
    this.kept = images.kept;
    this.fingerprint = captions.fingerprint(images.fingerprint);
  }

  /**
   * Reads all images once.
   *
   * @param listing at least one example, with distinct ids
   */
  static Dataset open(DatasetSpec spec, Listing listing, Progress progress) {
    return open(spec, listing, Runtime.getRuntime().maxMemory() / 2, progress);
  }

  /**
   * The same within a given memory.
   *
   * @param budget bytes of decoded images that may stay in memory
   */
  static Dataset open(DatasetSpec spec, Listing listing, long budget, Progress progress) {
    CaptionRule rule = spec.captions();
    Captions captions =
        rule.asked() ? Captions.read(spec, rule, listing.examples(), listing) : Captions.UNASKED;
    FirstReading reading = FirstReading.of(spec, listing.examples(), budget, progress);
    return new IndexedDataset(spec, listing, captions, reading);
  }

  /** Equal shapes as one object. */
  private static ImageShape[] shared(ImageShape[] shapes) {
    Map<ImageShape, ImageShape> seen = new HashMap<>();
    for (int i = 0; i < shapes.length; i++) {
      ImageShape shape = shapes[i];
      shapes[i] = seen.computeIfAbsent(shape, s -> shape);
    }
    return shapes;
  }

  /** How many images are in memory. */
  int keptCount() {
    int count = 0;
    for (Pixels pixels : kept) {
      count += pixels == null ? 0 : 1;
    }
    return count;
  }

  @Override
  public String spec() {
    return spec.text();
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public Transformations transformations() {
    return spec.transformations();
  }

  @Override
  public DatasetNotes notes() {
    return notes;
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
  public ImageShape originalShape(int index) {
    return originals[index];
  }

  @Override
  public Optional<Path> file(int index) {
    return examples.get(index).image() instanceof StoredImage.InFile image
        ? Optional.of(image.file().path())
        : Optional.empty();
  }

  @Override
  public Optional<Content> encoded(int index) {
    return examples.get(index).image().encoded();
  }

  @Override
  public Example example(int index) {
    StoredExample stored = examples.get(index);
    return new Example(
        stored.id(),
        stored.condition(),
        (out, offset) -> read(index, out, offset),
        captions.of(index));
  }

  @Override
  public List<String> captions(int index) {
    return captions.of(index);
  }

  @Override
  public Dataset captioned(Uncaptioned uncaptioned) {
    if (isCaptioned()) {
      return this;
    }
    CaptionRule rule = spec.captions().asked(uncaptioned);
    Captions found = Captions.read(spec, rule, examples, listing);
    return new IndexedDataset(this, spec.captioned(found.missing() > 0), found);
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public void read(int index, float[] out, int offset) {
    Pixels pixels = kept[index] == null ? decoded(index) : kept[index];
    pixels.withChannels(shape.channels()).read(out, offset);
  }

  private Pixels decoded(int index) {
    StoredExample example = examples.get(index);
    Pixels stored = example.image().decode(spec.transformations().orientation());
    if (!stored.shape().equals(originals[index])) {
      throw new JourneyException(
          "Example "
              + example.id()
              + " of "
              + spec.text()
              + " has changed since the data set was opened: start again when it is complete.");
    }
    return spec.transformations().apply(stored, example.id());
  }

  /** Another process opens it itself, and compares what it finds. */
  private Object writeReplace() {
    return new Place(spec.absolute(), fingerprint);
  }

  private record Place(String spec, String fingerprint) implements Serializable {
    private Object readResolve() {
      Dataset found = Datasets.open(spec);
      if (!found.fingerprint().equals(fingerprint)) {
        throw new JourneyException(
            spec
                + " has other images or captions than where the work began: it must be the same everywhere.");
      }
      return found;
    }
  }
}
