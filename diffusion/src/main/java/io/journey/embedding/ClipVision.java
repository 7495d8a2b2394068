package io.journey.embedding;

import io.journey.array.NamedTensors;
import io.journey.nn.ClipEncoderLayer;
import io.journey.nn.Conv2d;
import io.journey.nn.Embedding;
import io.journey.nn.LayerNorm;
import io.journey.nn.Linear;
import io.journey.nn.Module;
import io.journey.nn.ModuleReader;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The vision model of CLIP (Radford et al. 2021), a transformer with normalisation before each part
 * of a block, in the layout of transformers' {@code CLIPVisionModel}: same names, same numbers.
 *
 * <p>Symbols: B images, S tokens, E the width of a token, N heads, D = E / N, P the length of the
 * projected vector.
 */
final class ClipVision implements Module, AutoCloseable {
  private static final String PROJECTION = "visual_projection";

  /** A buffer that transformers once stored: 0, 1, 2, … */
  private static final String POSITIONS = "embeddings.position_ids";

  private final ClipConfig config;
  private final Parameters parameters = new Parameters();
  private final Parameters ofProjection = new Parameters();
  private final Parameter classEmbedding; // (E)
  private final Conv2d patchEmbedding;
  private final Embedding positionEmbedding; // (S, E)
  private final LayerNorm preNorm;
  private final List<ClipEncoderLayer> blocks = new ArrayList<>();
  private final LayerNorm postNorm;
  private final Linear projection;

  /**
   * Announces the weights.
   *
   * @param projected P; 0 for no projection
   */
  private ClipVision(ClipConfig config, int projected) {
    this.config = config;
    int e = config.hidden();
    classEmbedding = parameters.addGaussian("embeddings.class_embedding", e);
    patchEmbedding =
        new Conv2d(
            parameters,
            "embeddings.patch_embedding",
            3,
            e,
            config.patch(),
            config.patch(),
            0,
            false);
    positionEmbedding =
        new Embedding(parameters, "embeddings.position_embedding", config.tokens(), e);
    preNorm = // the misspelling is transformers'
        new LayerNorm(parameters, "pre_layrnorm", e, config.eps());
    for (int i = 0; i < config.layers(); i++) {
      blocks.add(
          new ClipEncoderLayer(
              parameters,
              "encoder.layers." + i,
              e,
              config.inner(),
              config.heads(),
              config.activation(),
              config.eps()));
    }
    postNorm = new LayerNorm(parameters, "post_layernorm", e, config.eps());
    projection = projected == 0 ? null : new Linear(ofProjection, PROJECTION, e, projected, false);
  }

  /**
   * Reads the weights.
   *
   * @throws JourneyException naming the tensors that are missing, misshapen or not finite
   */
  static ClipVision read(ClipConfig config, NamedTensors file) {
    String weight = PROJECTION + ".weight";
    int projected = 0;
    if (file.names().contains(weight)) {
      List<Long> shape = file.shape(weight);
      projected = shape.isEmpty() ? 1 : (int) Math.max(1, Math.min(1 << 24, shape.get(0)));
    }
    ClipVision model = new ClipVision(config, projected);
    String plain = model.classEmbedding.name();
    ModuleReader vision =
        new ModuleReader(
            file,
            file.names().contains(plain) ? "" : "vision_model.",
            name -> name.startsWith(PROJECTION) || name.endsWith(POSITIONS));
    ModuleReader head = new ModuleReader(file, "", name -> !name.equals(weight));
    vision.requireFit(model);
    if (model.projection != null) {
      head.requireFit(model.projection);
    }
    model.parameters.allocate(ScalarType.Float);
    model.ofProjection.allocate(ScalarType.Float);
    try {
      vision.load(model);
      if (model.projection != null) {
        head.load(model.projection);
      }
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    return model;
  }

  /** Returns the length of a vector: P, or E where there is no projection. */
  int dim() {
    return projection == null ? config.hidden() : (int) projection.weight().shape()[0];
  }

  /**
   * Embeds prepared images.
   *
   * @param x [B, 3, image, image]
   * @return [B, P]: transformers' {@code image_embeds}; without a projection [B, E], its {@code
   *     pooler_output}
   */
  Tensor forward(Tensor x) {
    Tensor patches = patchEmbedding.forward(x, Tape.NONE); // (B, E, image/patch, image/patch)
    Tensor classToken = classEmbedding.tensor().expand(x.size(0), 1, config.hidden());
    TensorVector parts = new TensorVector(classToken, patches.flatten(2, 3).transpose(1, 2));
    Tensor h = torch.cat(parts, 1).add(positionEmbedding.weight().tensor());
    h = preNorm.forward(h, Tape.NONE); // (B, S, E)
    for (ClipEncoderLayer block : blocks) {
      h = block.forward(h, Tape.NONE);
    }
    Tensor pooled = postNorm.forward(h.select(1, 0), Tape.NONE); // (B, E)
    return projection == null ? pooled : projection.forward(pooled, Tape.NONE);
  }

  @Override
  public String name() {
    return "";
  }

  @Override
  public List<Parameter> ownWeights() {
    return List.of(classEmbedding);
  }

  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>(List.of(patchEmbedding, positionEmbedding, preNorm));
    children.addAll(blocks);
    children.add(postNorm);
    return children;
  }

  @Override
  public void close() {
    parameters.close();
    ofProjection.close();
  }
}
