package io.journey.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.nn.Activation;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a CLIP vision model, from a Hugging Face {@code config.json}; what it leaves out has
 * the value of transformers' {@code CLIPVisionConfig}.
 *
 * @param hidden E, the width of a token
 * @param inner the width between the two layers of a block's perceptron
 * @param layers how many blocks
 * @param heads of attention
 * @param image the side of its images
 * @param patch the side of a patch
 * @param eps of layer normalisations
 * @param activation of perceptrons
 */
record ClipConfig(
    int hidden,
    int inner,
    int layers,
    int heads,
    int image,
    int patch,
    double eps,
    Activation activation) {
  private static final List<Double> MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
  private static final List<Double> DEVIATION = List.of(0.26862954, 0.26130258, 0.27577711);

  /** Pillow's numbers of interpolations, as {@code resample} has them. */
  private static final int PILLOW_BILINEAR = 2;

  private static final int PILLOW_BICUBIC = 3;

  /**
   * Reads {@code config.json} of a whole CLIP or of its vision model.
   *
   * @throws JourneyException if it describes another model, or one that cannot be
   */
  static ClipConfig read(Path file) {
    ObjectNode json = Json.read(file);
    String where = file.toString();
    String type = json.path("model_type").asText();
    if (!type.equals("clip") && !type.equals("clip_vision_model")) {
      throw new JourneyException(
          where
              + " has model_type \""
              + type
              + "\", expected clip or clip_vision_model: name the folder of a CLIP.");
    }
    JsonNode vision = json.path("vision_config").isObject() ? json.get("vision_config") : json;
    if (whole(vision, "num_channels", 3, where) != 3) {
      throw new JourneyException(
          where + " has num_channels " + vision.get("num_channels") + ", expected 3.");
    }
    JsonNode eps = vision.path("layer_norm_eps");
    if (!eps.isMissingNode()) {
      JsonType.NUMBER.require(eps, "layer_norm_eps", where);
    }
    ClipConfig config =
        new ClipConfig(
            whole(vision, "hidden_size", 768, where),
            whole(vision, "intermediate_size", 3072, where),
            whole(vision, "num_hidden_layers", 12, where),
            whole(vision, "num_attention_heads", 12, where),
            whole(vision, "image_size", 224, where),
            whole(vision, "patch_size", 32, where),
            eps.asDouble(1e-5),
            activation(vision.path("hidden_act").asText("quick_gelu"), where));
    if (config.hidden % config.heads != 0
        || config.image % config.patch != 0
        || config.image > ImagePreparation.MAX_SIDE
        || config.layers > 1000) {
      throw new JourneyException(
          where + " describes a model that cannot be, " + config + ": fetch it again.");
    }
    return config;
  }

  private static int whole(JsonNode json, String name, int otherwise, String where) {
    if (!json.has(name)) {
      return otherwise;
    }
    JsonType.WHOLE.require(json.get(name), name, where);
    if (json.get(name).asInt() < 1) {
      throw new JourneyException(
          where + " has " + name + " " + json.get(name) + ", expected at least 1.");
    }
    return json.get(name).asInt();
  }

  private static Activation activation(String name, String where) {
    return switch (name) {
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "gelu" -> Activation.GELU;
      default ->
          throw new JourneyException(
              where + " has hidden_act " + name + ", expected quick_gelu or gelu.");
    };
  }

  /** Returns how many tokens an image becomes: the class token and one for each patch. */
  int tokens() {
    int side = image / patch;
    return 1 + side * side;
  }

  /**
   * Returns how images are prepared, from {@code preprocessor_config.json} where there is one,
   * otherwise as OpenAI's models do.
   *
   * @throws JourneyException if it asks for what Journey does not do
   */
  ImagePreparation preparation(Path file) {
    ObjectNode json = Files.exists(file) ? Json.read(file) : Json.object();
    for (String step :
        List.of("do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb")) {
      if (json.has(step) && !json.get(step).asBoolean()) {
        throw new JourneyException(
            file + " has " + step + " " + json.get(step) + ", expected true.");
      }
    }
    requireSide(json, "size", file);
    requireSide(json, "crop_size", file);
    double factor = 1.0 / 255;
    if (json.has("rescale_factor")) {
      JsonType.NUMBER.require(json.get("rescale_factor"), "rescale_factor", file.toString());
      factor = json.get("rescale_factor").doubleValue();
    }
    if (Math.abs(factor * 255 - 1) > 1e-6) {
      throw new JourneyException(file + " has rescale_factor " + factor + ", expected 1/255.");
    }
    try {
      return new ImagePreparation(
          new ImageShape(3, image, image),
          ImagePreparation.Range.UNIT,
          numbers(json, "image_mean", MEAN, file),
          numbers(json, "image_std", DEVIATION, file),
          interpolation(json, file));
    } catch (IllegalArgumentException e) {
      throw new JourneyException(file + ": " + e.getMessage() + ".", e);
    }
  }

  private static Interpolation interpolation(ObjectNode json, Path file) {
    if (!json.has("resample")) {
      return Interpolation.BICUBIC;
    }
    JsonType.WHOLE.require(json.get("resample"), "resample", file.toString());
    return switch (json.get("resample").intValue()) {
      case PILLOW_BILINEAR -> Interpolation.BILINEAR;
      case PILLOW_BICUBIC -> Interpolation.BICUBIC;
      default ->
          throw new JourneyException(
              file
                  + " has resample "
                  + json.get("resample")
                  + ", expected 2 (bilinear) or 3 (bicubic).");
    };
  }

  /** A number, or an object with shortest_edge, or with height and width. */
  private void requireSide(ObjectNode json, String name, Path file) {
    JsonNode size = json.path(name);
    List<JsonNode> sides = size.isObject() ? new ArrayList<>() : List.of(size);
    if (size.isObject()) {
      size.forEach(sides::add);
    }
    for (JsonNode side : sides) {
      if (!side.isMissingNode() && side.asInt() != image) {
        throw new JourneyException(
            file
                + " has "
                + name
                + " "
                + size
                + ", expected the model's image_size "
                + image
                + ".");
      }
    }
  }

  private static List<Double> numbers(
      ObjectNode json, String name, List<Double> otherwise, Path file) {
    if (!json.has(name)) {
      return otherwise;
    }
    JsonType.NUMBERS.require(json.get(name), name, file.toString());
    List<Double> numbers = new ArrayList<>();
    json.get(name).forEach(n -> numbers.add(n.asDouble()));
    return numbers;
  }
}
