package io.journey.model;

import io.journey.nn.Adaptable;
import io.journey.nn.Parameters;
import io.journey.random.Seed;
import io.journey.run.Failures;
import io.journey.run.SettingException;
import java.io.Serializable;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A LoRA that is to be trained. As peft starts one (LoraLayer.reset_lora_parameters): A uniform in
 * ±1/√(inputs of a number), which is {@code kaiming_uniform_(a=√5)}, and B = 0, so that the model
 * is its base at first; α is r, so that changes are B(Ax).
 *
 * @param rank r, of all pairs
 * @param layers what the names of the layers end with that get pairs, as peft's {@code
 *     target_modules}
 */
public record LoraConfig(int rank, List<String> layers) implements Serializable {
  /** The layers that diffusers' training scripts change. */
  public static final List<String> ATTENTION = List.of("to_q", "to_k", "to_v", "to_out.0");

  /** The largest r. */
  public static final int MOST_RANK = 1024;

  public LoraConfig {
    layers = List.copyOf(layers);
    if (rank < 1 || rank > MOST_RANK) {
      throw new SettingException(
          "the rank of a LoRA must be between 1 and " + MOST_RANK + ", got " + rank);
    }
    if (layers.isEmpty() || layers.stream().anyMatch(String::isBlank)) {
      throw new SettingException("a LoRA needs the names of layers, such as to_q, got " + layers);
    }
  }

  /** Pairs on the layers of attention. */
  public static LoraConfig of(int rank) {
    return new LoraConfig(rank, ATTENTION);
  }

  /** Returns the names of the layers of a model that can get pairs. */
  public static List<String> layersOf(LayeredDenoiser model) {
    return LoraFit.adaptable(model).stream().map(Adaptable::name).toList();
  }

  /**
   * Refuses names that no layer has.
   *
   * @param known {@link #layersOf} the model
   * @throws SettingException if no layer's name ends with one of the names
   */
  public void requireLayers(List<String> known) {
    for (String ending : layers) {
      if (known.stream().noneMatch(name -> endsWith(name, ending))) {
        throw new SettingException(
            "the model has no layer whose name ends with "
                + Failures.quoted(ending)
                + " for a LoRA: name others, as with --lora-layers to_q,to_v");
      }
    }
  }

  /**
   * Puts pairs on a model: θ is they alone from now on.
   *
   * @param seed of their numbers
   * @throws SettingException if the model has no layers of one of the names
   */
  public void adapt(LayeredDenoiser model, Seed seed) {
    requireLayers(layersOf(model));
    List<Adaptable> all = LoraFit.adaptable(model);
    List<Adaptable> chosen =
        all.stream()
            .filter(layer -> layers.stream().anyMatch(end -> endsWith(layer.name(), end)))
            .toList();
    Parameters parameters = model.parameters();
    ScalarType type = parameters.type();
    parameters.freeze();
    chosen.forEach(layer -> layer.adapt(parameters, rank, 1));
    parameters.allocate(type);
    parameters.start(seed);
    chosen.forEach(
        layer -> layer.pair().up().weight().set(new float[layer.pair().up().weight().numel()]));
  }

  /** Whole parts of a name, as peft compares them. */
  private static boolean endsWith(String name, String ending) {
    return name.equals(ending) || name.endsWith("." + ending);
  }
}
