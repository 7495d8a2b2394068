package io.journey.encoding;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.latent.Autoencoders;
import io.journey.latent.LatentCodec;
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
    if (codec == null && textEncoder == null) {
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
      try (TextEncoder opened = TextEncoder.open(textEncoder)) {
        states = List.of(opened.tokens(), opened.width());
        encoderPlace = new TextEncoderPlace(absolute(textEncoder), opened.fingerprint());
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
