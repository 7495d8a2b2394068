package io.journey.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.nn.Adaptable;
import io.journey.nn.LowRankPair;
import io.journey.nn.Parameter;
import io.journey.run.AtomicFile;
import io.journey.run.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes the LoRA on a model as diffusers' {@code save_lora_weights} does. */
public final class LoraWriter {
  /** The name of the file, as diffusers looks for it. */
  public static final String FILE = "pytorch_lora_weights.safetensors";

  private static final String PREFIX = "unet.";

  private LoraWriter() {}

  /** Returns the file of a member of an ensemble that has pairs; written last. */
  public static String file(String member) {
    return member + "/" + FILE;
  }

  static boolean hasPairs(LayeredDenoiser model) {
    return !adapted(model).isEmpty();
  }

  /** Returns whether there are pairs whose changes are none: B = 0 everywhere. */
  static boolean isUntrained(LayeredDenoiser model) {
    List<Adaptable> layers = adapted(model);
    return !layers.isEmpty()
        && layers.stream().allMatch(layer -> isZero(layer.pair().up().weight().get()));
  }

  private static boolean isZero(float[] numbers) {
    for (float number : numbers) {
      if (number != 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns the layers that have pairs. */
  private static List<Adaptable> adapted(LayeredDenoiser model) {
    return LoraFit.adaptable(model).stream().filter(layer -> layer.pair() != null).toList();
  }

  /**
   * Writes the pairs, float32, under peft's names, with what scales them in the metadata: {@code
   * load_lora_weights} of diffusers reads the same model of it.
   *
   * @param folder that gets {@link #FILE}
   * @param model with a LoRA
   */
  public static void write(Path folder, LayeredDenoiser model) {
    AtomicFile.write(folder.resolve(FILE), content(model, model.parameters().get()));
  }

  /**
   * Returns the content of the file.
   *
   * @param weights θ, [p], in place of the model's own
   */
  public static AtomicFile.Content content(LayeredDenoiser model, float[] weights) {
    List<Adaptable> layers = adapted(model);
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .metadata("format", "pt")
            .metadata(
                LoraScales.METADATA,
                new String(Json.bytes(settings(layers)), StandardCharsets.UTF_8));
    for (Adaptable layer : layers) {
      for (Parameter weight : List.of(layer.pair().down().weight(), layer.pair().up().weight())) {
        int from = weight.offset();
        float[] own = Arrays.copyOfRange(weights, from, from + weight.numel());
        writer.add(PREFIX + weight.name(), own, weight.shape());
      }
    }
    return writer::writeTo;
  }

  /** The fields of peft's LoraConfig that say which layers have which rank and scale. */
  private static ObjectNode settings(List<Adaptable> layers) {
    LowRankPair<?> first = layers.get(0).pair();
    ObjectNode json = Json.object();
    json.put(PREFIX + "r", first.rank());
    json.put(PREFIX + "lora_alpha", first.scale() * first.rank());
    ArrayNode targets = json.putArray(PREFIX + "target_modules");
    ObjectNode ranks = json.putObject(PREFIX + "rank_pattern");
    ObjectNode alphas = json.putObject(PREFIX + "alpha_pattern");
    for (Adaptable layer : layers) {
      LowRankPair<?> pair = layer.pair();
      targets.add(layer.name());
      if (pair.rank() != first.rank()) {
        ranks.put(layer.name(), pair.rank());
      }
      if (pair.rank() != first.rank() || pair.scale() != first.scale()) {
        alphas.put(layer.name(), pair.scale() * pair.rank());
      }
    }
    return json;
  }
}
