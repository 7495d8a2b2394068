package io.journey.embedding;

import io.journey.embedding.ClipConfig.Activation;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import io.journey.tensor.NamedTensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
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
final class ClipVision implements AutoCloseable {
  private static final String PROJECTION = "visual_projection.weight";
  private static final double QUICK = 1.702;

  private final ClipConfig config;
  private final Map<String, Tensor> weights = new HashMap<>();
  private final String prefix;

  private ClipVision(ClipConfig config, NamedTensors file) {
    this.config = config;
    String plain = "embeddings.class_embedding";
    this.prefix = file.names().contains(plain) ? "" : "vision_model.";
    long e = config.hidden();
    try (PointerScope scope = new PointerScope()) {
      read(file, plain, e);
      read(file, "embeddings.patch_embedding.weight", e, 3, config.patch(), config.patch());
      read(file, "embeddings.position_embedding.weight", config.tokens(), e);
      readPair(file, "pre_layrnorm", e); // the misspelling is transformers'
      for (int i = 0; i < config.layers(); i++) {
        readBlock(file, "encoder.layers." + i + ".");
      }
      readPair(file, "post_layernorm", e);
      if (file.names().contains(PROJECTION)) {
        List<Long> shape = file.shape(PROJECTION);
        long p = shape.isEmpty() ? 0 : shape.get(0);
        weights.put(PROJECTION, tensor(file, PROJECTION, p, e));
      }
    }
  }

  /**
   * Reads the weights.
   *
   * @throws JourneyException naming the tensor that is missing, misshapen or not finite
   */
  static ClipVision read(ClipConfig config, NamedTensors file) {
    return new ClipVision(config, file);
  }

  private void readBlock(NamedTensors file, String block) {
    long e = config.hidden();
    readPair(file, block + "layer_norm1", e);
    readPair(file, block + "layer_norm2", e);
    for (String part : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
      readPair(file, block + "self_attn." + part, e, e);
    }
    readPair(file, block + "mlp.fc1", config.inner(), e);
    readPair(file, block + "mlp.fc2", e, config.inner());
  }

  private void readPair(NamedTensors file, String name, long... shape) {
    read(file, name + ".weight", shape);
    read(file, name + ".bias", shape[0]);
  }

  private void read(NamedTensors file, String name, long... shape) {
    weights.put(name, tensor(file, prefix + name, shape));
  }

  /** A tensor that outlives the scope, if it has the shape that the configuration says. */
  private static Tensor tensor(NamedTensors file, String name, long... shape) {
    if (!file.names().contains(name)) {
      throw new JourneyException(
          file.file()
              + " has no tensor "
              + name
              + ": it is not that of a CLIP, or of another one than config.json says.");
    }
    List<Long> expected = Arrays.stream(shape).boxed().toList();
    if (!file.shape(name).equals(expected)) {
      throw new JourneyException(
          file.file()
              + ": tensor "
              + name
              + " is "
              + Failures.quoted(file.shape(name).toString())
              + ", config.json says "
              + expected
              + ": fetch the model again.");
    }
    float[] values = file.floats(name);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new JourneyException(
            file.file() + ": tensor " + name + " holds " + value + ": fetch the model again.");
      }
    }
    return Libtorch.keep(Libtorch.of(values, ScalarType.Float, shape));
  }

  /** The length of a vector: P, or E where there is no projection. */
  int dim() {
    Tensor projection = weights.get(PROJECTION);
    return projection == null ? config.hidden() : (int) projection.size(0);
  }

  /**
   * Embeds prepared images.
   *
   * @param x [B, 3, image, image]
   * @return [B, P]: transformers' {@code image_embeds}; without a projection [B, E], its {@code
   *     pooler_output}
   */
  Tensor forward(Tensor x) {
    Tensor patches =
        torch.conv2d(
            x,
            weights.get("embeddings.patch_embedding.weight"),
            new TensorOptional(),
            new long[] {config.patch(), config.patch()},
            new long[] {0, 0},
            new long[] {1, 1},
            1); // (B, E, image/patch, image/patch)
    Tensor classToken =
        weights.get("embeddings.class_embedding").expand(x.size(0), 1, config.hidden());
    TensorVector parts = new TensorVector(classToken, patches.flatten(2, 3).transpose(1, 2));
    Tensor h = torch.cat(parts, 1).add(weights.get("embeddings.position_embedding.weight"));
    h = norm(h, "pre_layrnorm"); // (B, S, E)
    for (int i = 0; i < config.layers(); i++) {
      String block = "encoder.layers." + i + ".";
      h = h.add(attention(norm(h, block + "layer_norm1"), block + "self_attn."));
      h = h.add(perceptron(norm(h, block + "layer_norm2"), block + "mlp."));
    }
    Tensor pooled = norm(h.select(1, 0), "post_layernorm"); // (B, E)
    Tensor projection = weights.get(PROJECTION);
    return projection == null ? pooled : torch.linear(pooled, projection);
  }

  /** (B, S, E) -> (B, S, E) */
  private Tensor attention(Tensor h, String name) {
    Tensor mixed =
        torch.scaled_dot_product_attention(
            heads(linear(h, name + "q_proj")),
            heads(linear(h, name + "k_proj")),
            heads(linear(h, name + "v_proj"))); // (B, N, S, D)
    return linear(mixed.transpose(1, 2).flatten(2, 3), name + "out_proj");
  }

  /** (B, S, N·D) -> (B, N, S, D) */
  private Tensor heads(Tensor h) {
    long n = config.heads();
    return h.view(h.size(0), h.size(1), n, config.hidden() / n).transpose(1, 2);
  }

  /** (B, S, E) -> (B, S, E) */
  private Tensor perceptron(Tensor h, String name) {
    Tensor inner = linear(h, name + "fc1"); // (B, S, inner)
    Tensor bent =
        config.activation() == Activation.GELU
            ? torch.gelu(inner)
            : inner.mul(inner.mul(new Scalar(QUICK)).sigmoid());
    return linear(bent, name + "fc2");
  }

  private Tensor linear(Tensor h, String name) {
    return torch.linear(
        h, weights.get(name + ".weight"), new TensorOptional(weights.get(name + ".bias")));
  }

  private Tensor norm(Tensor h, String name) {
    return torch.layer_norm(
        h,
        new long[] {config.hidden()},
        new TensorOptional(weights.get(name + ".weight")),
        new TensorOptional(weights.get(name + ".bias")),
        config.eps(),
        false);
  }

  @Override
  public void close() {
    new ArrayList<>(weights.values()).forEach(Tensor::close);
  }
}
