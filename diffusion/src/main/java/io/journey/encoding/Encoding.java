package io.journey.encoding;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.latent.Autoencoders;
import io.journey.latent.LatentCodec;
import io.journey.model.CheckpointSpec;
import io.journey.model.ModelInputs;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.FileStage;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.run.StageWork;
import io.journey.text.TextEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Encodes the images of a data set by an autoencoder, and each distinct caption once by a text
 * encoder. A task has a row in memory, never a file; the texts of a set are in memory as the set
 * has them. Files, threads and interruptions change no number.
 */
public final class Encoding implements FileStage<EncodedDataset> {
  /** The folder that it has in the directory of a stage that it is a part of. */
  public static final String FOLDER = "encoding";

  private final Dataset data;
  private final CodecPlace codec;
  private final TextEncoderPlace textEncoder;
  private final EncodingSettings settings;

  private Encoding(
      Dataset data, CodecPlace codec, TextEncoderPlace textEncoder, EncodingSettings settings) {
    this.data = data;
    this.codec = codec;
    this.textEncoder = textEncoder;
    this.settings = settings;
  }

  /** Returns the same with files of the usual sizes. */
  public static Encoding of(Dataset data, Path codec, Path textEncoder) {
    return of(EncodingConfig.defaults(), data, codec, textEncoder);
  }

  /**
   * Returns the stage that encodes a data set.
   *
   * @param data the pictures; their captions are asked for where there is a text encoder
   * @param codec what {@link Autoencoders#open} takes; null: the model is one of pixels
   * @param textEncoder what {@link TextEncoder#open} takes; null: the model takes no text
   * @throws SettingException if both are null
   * @throws io.journey.dataset.MissingCaptions if there is a text encoder and there are no captions
   * @throws io.journey.run.JourneyException if the autoencoder does not take these images, or a
   *     network cannot be read
   */
  public static Encoding of(EncodingConfig config, Dataset data, Path codec, Path textEncoder) {
    return of(config, data, new Encoders(codec, textEncoder));
  }

  /** Returns the same by the networks that belong to a model. */
  public static Encoding of(EncodingConfig config, Dataset data, Encoders encoders) {
    Path codec = encoders.autoencoder();
    Path textEncoder = encoders.textEncoder();
    if (encoders.isEmpty()) {
      throw new SettingException(
          "nothing is to be encoded: name an autoencoder, a text encoder, or both");
    }
    Dataset own = textEncoder == null ? data : data.captioned();
    CodecPlace codecPlace = null;
    List<Integer> latents = null;
    if (codec != null) {
      try (LatentCodec opened = Autoencoders.open(codec)) {
        ImageShape shape = opened.latentShape(own.shape());
        latents = List.of(shape.channels(), shape.height(), shape.width());
        codecPlace = new CodecPlace(absolute(codec), opened.fingerprint());
      }
    }
    TextEncoderPlace encoderPlace = null;
    List<Integer> states = null;
    if (textEncoder != null) {
      try (TextEncoder opened = encoders.text()) {
        states = List.of(opened.tokens(), opened.width());
        encoderPlace =
            new TextEncoderPlace(
                absolute(textEncoder),
                encoders.lora() == null ? null : encoders.lora().absolute().toString(),
                opened.fingerprint());
      }
    }
    EncodingSettings settings =
        new EncodingSettings(
            latents,
            latents == null ? null : config.latentRows(),
            states,
            states == null ? null : config.stateRows(),
            DType.F16);
    return new Encoding(own, codecPlace, encoderPlace, settings);
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().toString();
  }

  @Override
  public String kind() {
    return EncodedDataset.KIND;
  }

  @Override
  public int format() {
    return EncodedDataset.FORMAT;
  }

  @Override
  public Record settings() {
    return settings;
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = Json.object();
    inputs.put(EncodedDataset.DATA, data.fingerprint());
    inputs.put(EncodedDataset.EXAMPLES, data.size());
    if (codec != null) {
      inputs.put(EncodedDataset.CODEC, codec.fingerprint());
    }
    if (textEncoder != null) {
      inputs.put(EncodedDataset.TEXT_ENCODER, textEncoder.fingerprint());
    }
    return inputs;
  }

  /**
   * Returns the fingerprint of the data set that it makes: a hash of the pictures', of the
   * networks' and of the shapes. It is known before anything is encoded.
   */
  public String fingerprint() {
    return EncodedDataset.fingerprint(inputs(), settings);
  }

  /** Returns what there is to say before it is encoded, each a sentence: which captions are cut. */
  public List<String> notes() {
    if (textEncoder == null) {
      return List.of();
    }
    try (TextEncoder opened = textEncoder.open()) {
      List<String> texts = new ArrayList<>();
      distinctCaptions(texts);
      texts.forEach(opened::measure);
      return opened.notes();
    }
  }

  /** Returns the networks that encode. */
  public Encoders encoders() {
    return new Encoders(
        codec == null ? null : Path.of(codec.path()),
        textEncoder == null ? null : Path.of(textEncoder.path()),
        textEncoder == null ? null : textEncoder.loraSpec());
  }

  /** Returns whether images are encoded. */
  public boolean hasLatents() {
    return codec != null;
  }

  /** Returns whether captions are encoded. */
  public boolean hasStates() {
    return textEncoder != null;
  }

  /** Returns the shape of what a model of the encoded data samples. */
  public ImageShape shape() {
    return settings.latents() == null ? data.shape() : EncodedDataset.shape(settings.latents());
  }

  /** Returns D, the width of a caption's states; null where captions are not encoded. */
  public Integer textWidth() {
    return settings.states() == null ? null : settings.states().get(1);
  }

  /** Returns the pictures that are encoded, with their captions where there is a text encoder. */
  public Dataset pictures() {
    return data;
  }

  /** Returns the manifest's entries on the data of a stage that works with the encoding. */
  public ObjectNode dataInputs() {
    return EncodedDataset.dataInputs(fingerprint(), inputs());
  }

  /**
   * Refuses a model that does not take what is encoded.
   *
   * @throws SettingException if the latents have another shape than its images, or the states
   *     another width than those it attends to
   */
  public void requireTakenBy(ModelInputs model) {
    if (codec == null && !model.shape().equals(shape())) {
      throw new SettingException(
          model.name()
              + " samples "
              + model.shape()
              + ", the images are "
              + shape()
              + ", and there is no autoencoder beside the model: put it into the folder vae of its"
              + " pipeline, or resize the images");
    }
    if (!model.shape().equals(shape())) {
      throw new SettingException(
          model.name()
              + " samples latents of "
              + model.shape()
              + ", the autoencoder makes "
              + shape()
              + " of the images of "
              + data.shape()
              + ": use the autoencoder and the size of images that it was trained with"
              + (model.shape().channels() == shape().channels()
                  ? ", or write "
                      + CheckpointSpec.sampleSizeOption(shape())
                      + " behind the checkpoint's name"
                  : ""));
    }
    if (settings.states() == null) {
      return;
    }
    if (!model.conditioning().takesCaptions()) {
      throw new SettingException(
          model.name() + " takes " + model.conditioning() + ": leave the text encoder out");
    }
    int tokens = settings.states().get(0);
    int width = textWidth();
    if (!model.conditioning().acceptsStates(tokens, width)) {
      throw new SettingException(
          model.name()
              + " takes "
              + model.conditioning()
              + ", the text encoder makes states of width "
              + width
              + " of "
              + Counted.of(tokens, "tokens")
              + ": use the one that it was trained with");
    }
  }

  @Override
  public void write(StageWork work) {
    List<String> texts = new ArrayList<>();
    Map<String, Integer> places = distinctCaptions(texts);
    work.write(
        ExampleRow.FILE,
        out ->
            Csv.write(
                out,
                ExampleRow.class,
                IntStream.range(0, data.size()).mapToObj(i -> row(i, places)).iterator()));
    if (textEncoder != null) {
      work.write(
          CaptionRow.FILE,
          out ->
              Csv.write(
                  out,
                  CaptionRow.class,
                  IntStream.range(0, texts.size())
                      .mapToObj(i -> new CaptionRow(i, texts.get(i)))
                      .iterator()));
    }
    if (codec != null) {
      work.run("Encoding images", "images", latentTasks());
    }
    if (textEncoder != null) {
      work.run("Encoding captions", "captions", statesTasks(texts));
    }
    work.describeData(data.describe());
    work.timing().put("data_spec", data.spec());
  }

  /**
   * Finds the index of every distinct caption.
   *
   * @param texts receives them in order; they are the data set's own objects
   */
  private Map<String, Integer> distinctCaptions(List<String> texts) {
    Map<String, Integer> places = new HashMap<>();
    if (textEncoder != null) {
      // Dropped captions, and what guidance leads away from.
      places.put(EncodedDataset.NO_TEXT, texts.size());
      texts.add(EncodedDataset.NO_TEXT);
      for (int i = 0; i < data.size(); i++) {
        for (String text : data.captions(i)) {
          if (places.putIfAbsent(text, texts.size()) == null) {
            texts.add(text);
          }
        }
      }
    }
    return places;
  }

  private ExampleRow row(int i, Map<String, Integer> places) {
    IntStream captions =
        textEncoder == null ? IntStream.empty() : data.captions(i).stream().mapToInt(places::get);
    return new ExampleRow(
        i,
        data.id(i),
        data.condition(i).classNumber().orElse(-1),
        data.condition(i).words(data.classNames()),
        ExampleRow.captions(captions));
  }

  private List<LatentTask> latentTasks() {
    int rows = settings.latentRows();
    return IntStream.rangeClosed(0, (data.size() - 1) / rows)
        .mapToObj(shard -> new LatentTask(data, codec, rows, shard))
        .toList();
  }

  private List<StatesTask> statesTasks(List<String> texts) {
    int rows = settings.stateRows();
    return IntStream.rangeClosed(0, (texts.size() - 1) / rows)
        .mapToObj(
            shard -> {
              int from = shard * rows;
              int to = Math.min(texts.size(), from + rows);
              return new StatesTask(textEncoder, from, shard, List.copyOf(texts.subList(from, to)));
            })
        .toList();
  }

  @Override
  public EncodedDataset open(Path directory) {
    return EncodedDataset.open(directory, data);
  }
}
