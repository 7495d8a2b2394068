package io.journey.text;

import io.journey.array.DType;
import io.journey.array.NamedTensors;
import io.journey.array.Safetensors;
import io.journey.model.WeightFiles;
import io.journey.nn.ClipEncoderLayer;
import io.journey.nn.Embedding;
import io.journey.nn.LayerNorm;
import io.journey.nn.Module;
import io.journey.nn.ModuleReader;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The text model of CLIP (Radford et al. 2021), a transformer in which a token attends to itself
 * and to those before it, in the layout of transformers' {@code CLIPTextModel}: same names, same
 * numbers. Padding is not masked, as diffusers' pipelines do not mask it: models are trained with
 * its states.
 *
 * <p>Stable Diffusion 2 takes the states before the last of OpenCLIP's 24 blocks; its files have 23
 * blocks, so the last state is the right one there too.
 *
 * <p>Symbols: B texts, T tokens, D the width of a token. Its weights are a {@link Parameters} like
 * those of a denoiser, so that what is learned of it elsewhere can be added to them.
 */
public final class ClipTextModel implements Module, AutoCloseable {
  /** Before all names in the files of transformers 4. */
  private static final String PREFIX = "text_model.";

  /** A buffer that transformers once stored: 0, 1, 2, … */
  private static final String POSITIONS = "embeddings.position_ids";

  /** From the pooled state to the space of images, {@code ClipClassifier}'s affair. */
  private static final String PROJECTION = "text_projection.weight";

  private static final int NUMBERS_AT_ONCE = 1 << 14;

  private final ClipTextConfig config;
  private final Parameters parameters = new Parameters();
  private final Embedding tokenEmbedding; // (V, D)
  private final Embedding positionEmbedding; // (T, D)
  private final List<ClipEncoderLayer> layers = new ArrayList<>();
  private final LayerNorm finalNorm;

  private ClipTextModel(ClipTextConfig config) {
    this.config = config;
    int d = config.hiddenSize();
    tokenEmbedding = new Embedding(parameters, "embeddings.token_embedding", config.vocabSize(), d);
    positionEmbedding =
        new Embedding(
            parameters, "embeddings.position_embedding", config.maxPositionEmbeddings(), d);
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(
          new ClipEncoderLayer(
              parameters,
              "encoder.layers." + i,
              d,
              config.intermediateSize(),
              config.numAttentionHeads(),
              config.hiddenAct().activation(),
              config.layerNormEps()));
    }
    finalNorm = new LayerNorm(parameters, "final_layer_norm", d, config.layerNormEps());
  }

  /**
   * Opens a folder with {@code config.json} and the weights, in float32.
   *
   * @throws JourneyException if it is of another model or damaged
   */
  public static ClipTextModel open(Path folder) {
    return open(folder, ScalarType.Float);
  }

  static ClipTextModel open(Path folder, ScalarType type) {
    ClipTextConfig config = ClipTextConfig.read(folder.resolve("config.json"));
    return read(config, WeightFiles.ofTransformers(folder, "the text model"), type);
  }

  private static ClipTextModel read(ClipTextConfig config, NamedTensors file, ScalarType type) {
    ClipTextModel model = new ClipTextModel(config);
    String token = model.tokenEmbedding.weight().name();
    ModuleReader reader =
        new ModuleReader(
            file,
            file.names().contains(PREFIX + token) ? PREFIX : "",
            name -> name.endsWith(POSITIONS) || name.equals(PROJECTION));
    reader.requireFit(model);
    model.parameters.allocate(type);
    try {
      reader.load(model);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    return model;
  }

  /**
   * Returns a model with random weights: tables standard Gaussian, linear maps uniform in
   * ±1/√(their inputs), norms 1 and 0.
   */
  static ClipTextModel random(ClipTextConfig config, Seed seed) {
    ClipTextModel model = new ClipTextModel(config);
    model.parameters.allocate(ScalarType.Float);
    model.parameters.initialize(seed);
    return model;
  }

  /** Returns the shape. */
  public ClipTextConfig config() {
    return config;
  }

  /** Returns all weights. */
  public Parameters parameters() {
    return parameters;
  }

  /**
   * Returns the state of every token.
   *
   * @param ids [B, T] int64, each below {@code vocab_size}; T at most {@code
   *     max_position_embeddings}
   * @return transformers' {@code last_hidden_state}, after the last norm: [B, T, D]; lives in the
   *     caller's scope
   */
  public Tensor forward(Tensor ids) {
    Tensor positions = positionEmbedding.weight().tensor().narrow(0, 0, ids.size(1)); // (T, D)
    Tensor h = tokenEmbedding.forward(ids, Tape.NONE).add(positions); // (B, T, D)
    for (ClipEncoderLayer layer : layers) {
      h = layer.forwardCausal(h, Tape.NONE);
    }
    return finalNorm.forward(h, Tape.NONE);
  }

  /** Puts the shape and the weights into a digest, which does not depend on their files. */
  void digest(MessageDigest digest) {
    digest.update(config.toJson().toString().getBytes(StandardCharsets.UTF_8));
    ByteBuffer buffer =
        ByteBuffer.allocate(NUMBERS_AT_ONCE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Parameter parameter : parameters.list()) {
      float[] numbers = parameter.get();
      for (int from = 0; from < numbers.length; from += NUMBERS_AT_ONCE) {
        int count = Math.min(NUMBERS_AT_ONCE, numbers.length - from);
        buffer.clear();
        buffer.asFloatBuffer().put(numbers, from, count);
        digest.update(buffer.array(), 0, count * Float.BYTES);
      }
    }
  }

  /** Writes {@code config.json} and {@code model.safetensors}, float32, for transformers. */
  void writeTo(BiConsumer<String, AtomicFile.Content> files, int first, int last, int padding) {
    DType dtype = DType.exact(parameters.get());
    Safetensors.Writer writer = new Safetensors.Writer().metadata("format", "pt");
    for (Parameter parameter : parameters.list()) {
      writer.add(PREFIX + parameter.name(), dtype, parameter.get(), parameter.shape());
    }
    files.accept("model.safetensors", writer::writeTo);
    byte[] json =
        Json.bytes(
            config
                .toJson()
                .put("bos_token_id", first)
                .put("eos_token_id", last)
                .put("pad_token_id", padding)
                .put("projection_dim", config.hiddenSize())
                .put("dtype", dtype.torchName())
                .put("torch_dtype", dtype.torchName()));
    files.accept("config.json", out -> out.write(json));
  }

  @Override
  public String name() {
    return "";
  }

  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>(List.of(tokenEmbedding, positionEmbedding));
    children.addAll(layers);
    children.add(finalNorm);
    return children;
  }

  @Override
  public void close() {
    parameters.close();
  }
}
