package io.journey.encoding;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.DatasetNotes;
import io.journey.dataset.Example;
import io.journey.dataset.ImageShape;
import io.journey.dataset.MissingCaptions;
import io.journey.dataset.Transformations;
import io.journey.dataset.Uncaptioned;
import io.journey.run.Checksums;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Manifest;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A data set as its codec and its text encoder say it: an image is a latent, its condition a
 * caption whose states are read from disk when a model asks for them. What a person sees of it, the
 * ids and names, is that of the pictures. Safe for many threads.
 */
public final class EncodedDataset implements Dataset {
  /** The manifest's kind. */
  public static final String KIND = "encoding";

  /** The version of the format. */
  public static final int FORMAT = 1;

  static final String DATA = "data";
  static final String EXAMPLES = "examples";
  static final String CODEC = "codec";
  static final String TEXT_ENCODER = "text_encoder";

  /** The text of a caption that was dropped; its states are the first. */
  static final String NO_TEXT = "";

  private static final String PICTURES = "pictures";

  private static final Pattern BLANK = Pattern.compile(" ");

  private final Manifest manifest;
  private final String fingerprint;
  private final Dataset pictures;
  private final ImageShape shape;
  private final ArrayShards latents; // null: images are not encoded
  private final StateShards states; // null: captions are not encoded
  private final int[][] captions;

  private EncodedDataset(Manifest manifest, Dataset pictures) {
    EncodingSettings settings = manifest.settings(EncodingSettings.class);
    List<Integer> sides = settings.latents();
    this.manifest = manifest;
    this.fingerprint = fingerprint(manifest.inputs(), settings);
    this.pictures = pictures;
    this.shape = sides == null ? pictures.shape() : shape(sides);
    this.latents =
        sides == null
            ? null
            : new ArrayShards(manifest, ArrayShards.LATENTS, sides, settings.latentRows());
    this.states = settings.states() == null ? null : new StateShards(manifest);
    this.captions = readCaptions();
  }

  /**
   * Opens a finished encoding.
   *
   * @param pictures what it was made of; its captions are asked for where they are encoded
   * @throws JourneyException if it was made of other images or captions, or is damaged
   */
  public static EncodedDataset open(Path directory, Dataset pictures) {
    return find(directory, pictures)
        .orElseThrow(
            () ->
                new JourneyException(
                    directory
                        + " was encoded from other images"
                        + (Manifest.read(directory, KIND, FORMAT).inputFields().has(TEXT_ENCODER)
                            ? " or captions"
                            : "")
                        + " than those of "
                        + pictures.spec()
                        + ": name the data set that it was made of."));
  }

  /**
   * Opens a finished encoding if it was made of a data set.
   *
   * @throws JourneyException if it is damaged, or captions were encoded and there are none
   */
  static Optional<EncodedDataset> find(Path directory, Dataset pictures) {
    Manifest manifest = Manifest.read(directory, KIND, FORMAT);
    Dataset own = asEncoded(manifest, pictures);
    return own.fingerprint().equals(manifest.inputFields().text(DATA))
        ? Optional.of(new EncodedDataset(manifest, own))
        : Optional.empty();
  }

  /**
   * Returns whether a finished encoding was made of a data set.
   *
   * @throws JourneyException if captions were encoded and there are none
   */
  static boolean isOf(Path directory, Dataset pictures) {
    Manifest manifest = Manifest.read(directory, KIND, FORMAT);
    return asEncoded(manifest, pictures).fingerprint().equals(manifest.inputFields().text(DATA));
  }

  /** Returns pictures, with their captions where those were encoded. */
  private static Dataset asEncoded(Manifest manifest, Dataset pictures) {
    return manifest.inputFields().has(TEXT_ENCODER) ? pictures.captioned() : pictures;
  }

  static ImageShape shape(List<Integer> sides) {
    return new ImageShape(sides.get(0), sides.get(1), sides.get(2));
  }

  /** Returns a hash of what is encoded and how; the sizes of files are no part of it. */
  static String fingerprint(ObjectNode inputs, EncodingSettings settings) {
    ObjectNode all = inputs.deepCopy();
    all.set("latents", Json.tree(settings.latents()));
    all.set("states", Json.tree(settings.states()));
    all.put("dtype", settings.dtype().name());
    return Checksums.of(Json.bytes(all));
  }

  static ObjectNode dataInputs(String fingerprint, ObjectNode inputs) {
    ObjectNode entries = Json.object().put(DATA, fingerprint);
    entries.set(PICTURES, inputs.get(DATA));
    for (String network : List.of(CODEC, TEXT_ENCODER)) {
      if (inputs.has(network)) {
        entries.set(network, inputs.get(network));
      }
    }
    entries.set(EXAMPLES, inputs.get(EXAMPLES));
    return entries;
  }

  @Override
  public ObjectNode inputs() {
    return dataInputs(fingerprint, manifest.inputs());
  }

  private int[][] readCaptions() {
    int[][] found = new int[pictures.size()][];
    int[] count = {0};
    Csv.forEach(
        ExampleRow.class,
        manifest.verified(ExampleRow.FILE),
        "encode again",
        row -> {
          int i = count[0]++;
          if (i >= found.length || row.index() != i) {
            throw unlikePictures();
          }
          found[i] = indices(row.captions());
          if (states != null && found[i].length != pictures.captions(i).size()) {
            throw unlikePictures();
          }
        });
    if (count[0] != found.length) {
      throw unlikePictures();
    }
    return found;
  }

  private int[] indices(String field) {
    try {
      return field.isEmpty()
          ? new int[0]
          : BLANK.splitAsStream(field).mapToInt(Integer::parseUnsignedInt).toArray();
    } catch (NumberFormatException e) {
      throw unlikePictures();
    }
  }

  private JourneyException unlikePictures() {
    return new JourneyException(
        manifest.directory()
            + "/"
            + ExampleRow.FILE
            + " does not list the examples and captions of "
            + pictures.spec()
            + ": encode again.");
  }

  /** Settings and inputs that made it. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns the fingerprint of the codec; none where images are not encoded. */
  public Optional<String> codecFingerprint() {
    return input(CODEC);
  }

  /** Returns the fingerprint of the text encoder; none where captions are not encoded. */
  public Optional<String> textEncoderFingerprint() {
    return input(TEXT_ENCODER);
  }

  private Optional<String> input(String name) {
    return manifest.inputFields().has(name)
        ? Optional.of(manifest.inputFields().text(name))
        : Optional.empty();
  }

  @Override
  public Dataset pictures() {
    return pictures;
  }

  /** Returns that of the pictures: the encoding is opened with them. */
  @Override
  public String spec() {
    return pictures.spec();
  }

  /** Returns a hash of what was encoded and how, which is known before it is done. */
  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public Transformations transformations() {
    return pictures.transformations();
  }

  @Override
  public DatasetNotes notes() {
    return pictures.notes();
  }

  @Override
  public ObjectNode describe() {
    return pictures.describe();
  }

  @Override
  public int size() {
    return pictures.size();
  }

  /** Returns the shape of a latent. */
  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public ImageShape originalShape(int index) {
    return pictures.originalShape(index);
  }

  @Override
  public Example example(int index) {
    return new Example(
        id(index), condition(index), (out, offset) -> read(index, out, offset), captions(index));
  }

  @Override
  public List<String> classNames() {
    return pictures.classNames();
  }

  @Override
  public String id(int index) {
    return pictures.id(index);
  }

  /** Returns the first caption, or where captions are not encoded the condition of the picture. */
  @Override
  public Condition condition(int index) {
    return states == null
        ? pictures.condition(index)
        : new Condition.Caption(captions(index).get(0), states.of(captions[index][0]));
  }

  @Override
  public List<String> captions(int index) {
    return pictures.captions(index);
  }

  @Override
  public List<Condition.Caption> captionsOf(int index) {
    if (states == null) {
      return List.of();
    }
    List<String> texts = captions(index);
    List<Condition.Caption> found = new ArrayList<>(texts.size());
    for (int c = 0; c < texts.size(); c++) {
      found.add(new Condition.Caption(texts.get(c), states.of(captions[index][c])));
    }
    return found;
  }

  @Override
  public Optional<Condition.Caption> noCaption() {
    return states == null
        ? Optional.empty()
        : Optional.of(new Condition.Caption(NO_TEXT, states.of(0)));
  }

  @Override
  public Dataset captioned(Uncaptioned uncaptioned) {
    if (states == null) {
      throw new MissingCaptions(
          manifest.directory()
              + " was made without a text encoder, and states of captions are needed: encode the"
              + " data set with one in a new directory.");
    }
    return this;
  }

  /** Reads a latent. */
  @Override
  public void read(int index, float[] out, int offset) {
    if (latents == null) {
      pictures.read(index, out, offset);
    } else {
      latents.read(index, out, offset);
    }
  }

  /** Another process opens the directory itself, with pictures that it opens itself. */
  private Object writeReplace() {
    return new Place(manifest.directory().toAbsolutePath().toString(), fingerprint, pictures);
  }

  private record Place(String directory, String fingerprint, Dataset pictures)
      implements Serializable {
    private Object readResolve() {
      EncodedDataset found = open(Path.of(directory), pictures);
      if (!found.fingerprint().equals(fingerprint)) {
        throw new JourneyException(
            directory
                + " holds another encoding than where the work began: it must be the same"
                + " everywhere.");
      }
      return found;
    }
  }
}
