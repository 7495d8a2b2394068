package io.journey.model;

import io.journey.array.NamedTensors;
import io.journey.model.LoraFile.Pair;
import io.journey.model.LoraFile.Part;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the weights of a LoRA, in the schemes there are:
 *
 * <ul>
 *   <li>diffusers and peft: {@code unet.….to_q.lora_A.weight}, {@code
 *       unet.….to_q.lora.down.weight}; of a folder of peft {@code
 *       base_model.model.….to_q.lora_A.weight};
 *   <li>early diffusers: {@code ….attn1.processor.to_q_lora.down.weight};
 *   <li>kohya's scripts: {@code lora_unet_…_to_q.lora_down.weight}, with {@code ….alpha} beside it.
 * </ul>
 */
final class LoraNames {
  private static final int MAX_LISTED = 4;

  private static final String PEFT = "base_model.model.";

  private static final String WAY =
      "(?<scheme>_lora\\.|\\.lora[._]|\\.lora_linear_layer\\.)(?<way>down|up)";

  private static final Pattern WEIGHT =
      Pattern.compile("(?<layer>.+?)(\\.lora_(?<half>[AB])(\\.[^.]+)?|" + WAY + ")\\.weight");

  private static final Pattern ALPHA =
      Pattern.compile("(?<layer>.+?)(" + WAY + "\\.weight)?\\.alpha");

  /** A layer of a part. */
  record Layer(Part part, String name) {}

  private LoraNames() {}

  /**
   * Returns the pairs of a file, in its order.
   *
   * @throws JourneyException if a tensor is none of a LoRA, or a pair is not one
   */
  static List<Pair> pairs(NamedTensors file, LoraScales scales) {
    Map<Layer, String> downs = new LinkedHashMap<>();
    Map<Layer, String> ups = new LinkedHashMap<>();
    Map<Layer, String> alphas = new LinkedHashMap<>();
    Map<Layer, String> dotted = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    for (String name : file.names()) {
      Matcher weight = WEIGHT.matcher(name);
      Matcher alpha = ALPHA.matcher(name);
      if (weight.matches()) {
        String bare = bare(weight);
        Layer layer = layer(bare);
        dotted.put(layer, bare);
        put(file, isDown(weight) ? downs : ups, layer, name);
      } else if (alpha.matches()) {
        put(file, alphas, layer(bare(alpha)), name);
      } else {
        unknown.add(Failures.quoted(name));
      }
    }
    List<Pair> pairs = new ArrayList<>();
    downs.forEach(
        (layer, down) -> {
          String up = ups.remove(layer);
          if (up == null) {
            throw half(file, down);
          }
          int rank = rank(file, down, up);
          String alpha = alphas.get(layer);
          double scale = scales.scale(layer.part(), dotted.get(layer), alpha, rank);
          pairs.add(new Pair(layer.part(), layer.name(), down, up, rank, scale));
        });
    ups.values().stream()
        .findFirst()
        .ifPresent(
            up -> {
              throw half(file, up);
            });
    if (pairs.isEmpty() || !unknown.isEmpty()) {
      throw new JourneyException(
          file.file()
              + (pairs.isEmpty() ? " holds no LoRA: it has " : " holds, besides a LoRA, ")
              + (unknown.isEmpty()
                  ? "no tensors"
                  : String.join(", ", unknown.subList(0, Math.min(MAX_LISTED, unknown.size()))))
              + (unknown.size() > MAX_LISTED
                  ? " and " + (unknown.size() - MAX_LISTED) + " more"
                  : "")
              + ", expected pairs such as lora_A.weight and lora_B.weight alone.");
    }
    return List.copyOf(pairs);
  }

  private static boolean isDown(Matcher weight) {
    return "A".equals(weight.group("half")) || "down".equals(weight.group("way"));
  }

  /** Returns a layer's name without what peft puts before it, and as it is called now. */
  private static String bare(Matcher found) {
    String layer = found.group("layer");
    String name = layer.startsWith(PEFT) ? layer.substring(PEFT.length()) : layer;
    return "_lora.".equals(found.group("scheme"))
        ? name.replace(".processor.", ".").replaceAll("\\.to_out$", ".to_out.0")
        : name;
  }

  /** Returns which layer a name means. */
  static Layer layer(String bare) {
    String name = bare;
    Part part = null;
    for (String start : List.of("unet.", "lora_unet_")) {
      if (name.startsWith(start)) {
        part = Part.UNET;
        name = name.substring(start.length());
      }
    }
    for (String start : List.of("text_encoder.", "lora_te_")) {
      if (part == null && name.startsWith(start)) {
        part = Part.TEXT_ENCODER;
        name = name.substring(start.length());
      }
    }
    name = ModuleNames.flat(ModuleNames.current(name));
    if (name.startsWith("text_model_")) {
      part = Part.TEXT_ENCODER;
      name = name.substring("text_model_".length());
    } else if (part == null) {
      part = name.startsWith("encoder_layers_") ? Part.TEXT_ENCODER : Part.UNET;
    }
    if (part == Part.TEXT_ENCODER) {
      name =
          name.replaceAll("_self_attn_to_([qkv])$", "_self_attn_$1_proj")
              .replaceAll("_self_attn_to_out(_0)?$", "_self_attn_out_proj");
    }
    return new Layer(part, name);
  }

  private static void put(NamedTensors file, Map<Layer, String> to, Layer layer, String name) {
    String twin = to.put(layer, name);
    if (twin != null) {
      throw new JourneyException(
          file.file()
              + " holds "
              + Failures.quoted(twin)
              + " and "
              + Failures.quoted(name)
              + ", which are the same weight.");
    }
  }

  private static JourneyException half(NamedTensors file, String name) {
    return new JourneyException(
        file.file()
            + " holds "
            + Failures.quoted(name)
            + " without the other weight of its pair: fetch the LoRA again.");
  }

  /** Returns r, once both shapes are those of a pair. */
  private static int rank(NamedTensors file, String down, String up) {
    List<Long> a = file.shape(down);
    List<Long> b = file.shape(up);
    boolean flat = a.size() == 2 || a.size() == 4;
    boolean point = b.size() == 2 || b.size() == 4 && b.get(2) == 1 && b.get(3) == 1;
    if (!flat
        || !point
        || !a.get(0).equals(b.get(1))
        || a.get(0) < 1
        || a.get(0) > Integer.MAX_VALUE
        || !file.dtype(down).isFloat()
        || !file.dtype(up).isFloat()) {
      throw new JourneyException(
          file.file()
              + " holds "
              + Failures.quoted(down)
              + " of "
              + file.dtype(down)
              + " "
              + a
              + " and "
              + Failures.quoted(up)
              + " of "
              + file.dtype(up)
              + " "
              + b
              + ", expected floating-point numbers, [r, I] or [r, I, K, K] and [O, r] or [O, r, 1, 1]"
              + ": fetch the LoRA again.");
    }
    return a.get(0).intValue();
  }
}
