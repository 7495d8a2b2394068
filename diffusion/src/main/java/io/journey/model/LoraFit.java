package io.journey.model;

import io.journey.array.NamedTensors;
import io.journey.model.LoraFile.Pair;
import io.journey.model.LoraFile.Part;
import io.journey.nn.Adaptable;
import io.journey.nn.LowRankPair;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A LoRA held against the layers of a module: every pair has its layer, in the module's order. */
final class LoraFit {
  private static final int MAX_LISTED = 3;

  /** Models by the width of their text states. */
  private static final Map<Long, String> BASES =
      Map.of(768L, "Stable Diffusion 1", 1024L, "Stable Diffusion 2");

  private final NamedTensors file;
  private final Map<Adaptable, Pair> pairs = new LinkedHashMap<>();

  /**
   * Looks for the layers.
   *
   * @throws JourneyException if a layer is not there or has other sides, or there are no pairs
   */
  LoraFit(LoraFile lora, Part part, Module module) {
    file = lora.tensors();
    Map<String, Pair> wanted = new LinkedHashMap<>();
    lora.pairs(part).forEach(pair -> wanted.put(pair.layer(), pair));
    if (wanted.isEmpty()) {
      throw new JourneyException(
          lora.file()
              + " changes nothing of the "
              + part.words()
              + ": name a LoRA that was trained with it.");
    }
    int all = wanted.size();
    List<String> problems = new ArrayList<>();
    for (Adaptable layer : adaptable(module)) {
      Pair pair = wanted.remove(ModuleNames.flat(layer.name()));
      if (pair != null) {
        String misfit = misfit(layer, pair);
        if (misfit != null) {
          problems.add(misfit);
        }
        pairs.put(layer, pair);
      }
    }
    wanted
        .values()
        .forEach(
            pair -> problems.add("the model has no layer for " + Failures.quoted(pair.down())));
    if (!problems.isEmpty()) {
      throw new JourneyException(
          String.format(
              Locale.ROOT,
              "%s is a LoRA of another %s%s, %d of its %d pairs do not fit: %s%s: name the model it was"
                  + " trained on.",
              lora.file(),
              part.words(),
              base(lora.pairs(part)),
              problems.size(),
              all,
              String.join("; ", problems.subList(0, Math.min(MAX_LISTED, problems.size()))),
              problems.size() > MAX_LISTED ? "; …" : ""));
    }
  }

  /** Returns which model the width of the text states tells, or "". */
  private String base(List<Pair> all) {
    for (Pair pair : all) {
      if (pair.layer().endsWith("_attn2_to_k")) {
        String words = BASES.get(file.shape(pair.down()).get(1));
        return words == null ? "" : " (by its text states, " + words + "'s)";
      }
    }
    return "";
  }

  /** Returns the layers of a module that can be changed, in its order. */
  static List<Adaptable> adaptable(Module module) {
    List<Adaptable> found = new ArrayList<>();
    for (Module child : module.children()) {
      if (child instanceof Adaptable layer) {
        found.add(layer);
      } else {
        found.addAll(adaptable(child));
      }
    }
    return found;
  }

  /** Returns why a pair is not one of a layer, or null. Sides of 1 may be there or not. */
  private String misfit(Adaptable layer, Pair pair) {
    long[] weight = layer.weight().shape();
    List<Long> down = padded(file.shape(pair.down()));
    List<Long> up = padded(file.shape(pair.up()));
    List<Long> own = padded(Arrays.stream(weight).boxed().toList());
    boolean fits = up.get(0).equals(own.get(0)) && down.subList(1, 4).equals(own.subList(1, 4));
    return fits
        ? null
        : String.format(
            Locale.ROOT,
            "%s is %s, the pair is of a layer of %s",
            layer.name(),
            Arrays.toString(weight),
            Arrays.asList(up.get(0), down.get(1), down.get(2), down.get(3)));
  }

  private static List<Long> padded(List<Long> shape) {
    List<Long> four = new ArrayList<>(shape);
    while (four.size() < 4) {
      four.add(1L);
    }
    return four;
  }

  /** Freezes all weights and makes the pairs θ. */
  void adapt(Parameters parameters) {
    Map<String, float[]> numbers = new LinkedHashMap<>(); // before anything is changed
    pairs
        .values()
        .forEach(pair -> List.of(pair.down(), pair.up()).forEach(n -> numbers.put(n, finite(n))));
    ScalarType type = parameters.type();
    parameters.freeze();
    pairs.forEach((layer, pair) -> layer.adapt(parameters, pair.rank(), pair.scale()));
    parameters.allocate(type);
    pairs.forEach(
        (layer, pair) -> {
          LowRankPair<?> own = layer.pair();
          own.down().weight().set(numbers.get(pair.down()));
          own.up().weight().set(numbers.get(pair.up()));
        });
  }

  /** Adds the changes to the weights. */
  void merge() {
    pairs.values().forEach(pair -> List.of(pair.down(), pair.up()).forEach(this::finite));
    pairs.forEach(
        (layer, pair) ->
            Libtorch.addProduct(
                layer.weight().tensor(),
                file.floats(pair.up()),
                file.floats(pair.down()),
                pair.rank(),
                pair.scale()));
  }

  private float[] finite(String name) {
    float[] numbers = file.floats(name);
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new JourneyException(
            file.file()
                + " holds in "
                + Failures.quoted(name)
                + " a number that is not finite: fetch the LoRA again.");
      }
    }
    return numbers;
  }
}
