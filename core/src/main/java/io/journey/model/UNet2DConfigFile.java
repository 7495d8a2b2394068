package io.journey.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.UNet2DConfig.BlockType;
import io.journey.model.UNet2DConfig.ClassEmbedType;
import io.journey.model.UNet2DConfig.Resampling;
import io.journey.model.UNet2DConfig.Size;
import io.journey.model.UNet2DConfig.TimeEmbeddingType;
import io.journey.nn.Activation;
import io.journey.nn.ResnetBlock2D.TimeNorm;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A {@link UNet2DConfig} as diffusers' {@code config.json}. Reading asks for every option by name,
 * with {@code UNet2DModel}'s default; an option nobody asks for is refused.
 */
final class UNet2DConfigFile {
  private static final String MODEL = "UNet2DModel";
  private static final String MID_BLOCK = "UNetMidBlock2D";

  /** What diffusers' {@code EMAModel} notes in a configuration; the model does not depend on it. */
  private static final Set<String> NOTES =
      Set.of(
          "decay",
          "inv_gamma",
          "min_decay",
          "optimization_step",
          "power",
          "update_after_step",
          "use_ema_warmup");

  /** A U-Net all of whose further options have {@code UNet2DModel}'s defaults. */
  private static final UNet2DConfig PLAIN =
      new UNet2DConfig(1, 1, List.of(2), List.of(false), 1, 1, 1e-5, null, true, 0, 1);

  private final ObjectNode json;
  private final Set<String> asked = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  private UNet2DConfigFile(ObjectNode json) {
    this.json = json;
  }

  static UNet2DConfig read(ObjectNode json, String where) {
    String type = json.path("_class_name").asText(MODEL);
    if (!type.equals(MODEL)) {
      throw new JourneyException(
          where + " describes a " + type + ", expected a UNet2DModel: name another checkpoint.");
    }
    UNet2DConfigFile file = new UNet2DConfigFile(json);
    UNet2DConfig config = null;
    IllegalArgumentException unusable = null;
    try {
      config = file.read();
    } catch (IllegalArgumentException e) {
      unusable = e;
    }
    file.findUnknown();
    if (!file.problems.isEmpty()) {
      throw new JourneyException(
          where
              + " asks for what Journey does not support: "
              + String.join(", ", file.problems)
              + ": change these options, or name another checkpoint.");
    }
    if (unusable != null) {
      throw new JourneyException(
          where + " describes no usable U-Net: " + unusable.getMessage() + ".", unusable);
    }
    return config;
  }

  private UNet2DConfig read() {
    TimeEmbeddingType time =
        choice("time_embedding_type", TimeEmbeddingType.POSITIONAL, TimeEmbeddingType.values());
    Integer timesteps = optionalWhole("num_train_timesteps", null);
    return new UNet2DConfig(
        size(),
        whole("in_channels", 3),
        whole("out_channels", 3),
        truth("center_input_sample", false),
        time,
        optionalWhole("time_embedding_dim", null),
        whole("freq_shift", 0),
        truth("flip_sin_to_cos", true),
        blocks("down_block_types", BlockType::down, List.of(false, true, true, true)),
        hasMidBlock(),
        blocks("up_block_types", BlockType::up, List.of(true, true, true, false)),
        widths(),
        whole("layers_per_block", 2),
        number("mid_block_scale_factor", 1),
        whole("downsample_padding", 1),
        optionalChoice("downsample_type", Resampling.CONV, Resampling.values()),
        optionalChoice("upsample_type", Resampling.CONV, Resampling.values()),
        number("dropout", 0),
        activation(),
        optionalWhole("attention_head_dim", 8),
        whole("norm_num_groups", 32),
        optionalWhole("attn_norm_num_groups", null),
        number("norm_eps", 1e-5),
        choice("resnet_time_scale_shift", TimeNorm.DEFAULT, TimeNorm.values()),
        truth("add_attention", true),
        optionalChoice("class_embed_type", null, ClassEmbedType.values()),
        optionalWhole("num_class_embeds", null),
        // Other time embeddings ignore it, and so does diffusers.
        time == TimeEmbeddingType.LEARNED ? timesteps : null);
  }

  private void findUnknown() {
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      String name = field.getKey();
      // Names with an underscore are diffusers' own notes.
      if (!name.startsWith("_") && !asked.contains(name) && !NOTES.contains(name)) {
        problems.add(name + " " + field.getValue() + " (no option of UNet2DModel)");
      }
    }
  }

  /** The value of an option, or null where it is not there or not of its type. */
  private JsonNode value(String field, JsonType type) {
    asked.add(field);
    JsonNode value = json.get(field);
    if (value != null && !type.accepts(value)) {
      problems.add(field + " " + value + " (expected " + type.words() + ")");
      return null;
    }
    return value;
  }

  private boolean isNull(String field) {
    asked.add(field);
    return json.has(field) && json.get(field).isNull();
  }

  private int whole(String field, int otherwise) {
    JsonNode value = value(field, JsonType.WHOLE);
    return value == null ? otherwise : value.intValue();
  }

  private Integer optionalWhole(String field, Integer otherwise) {
    if (isNull(field)) {
      return null;
    }
    JsonNode value = value(field, JsonType.WHOLE);
    return value == null ? otherwise : Integer.valueOf(value.intValue());
  }

  private double number(String field, double otherwise) {
    JsonNode value = value(field, JsonType.NUMBER);
    return value == null ? otherwise : value.doubleValue();
  }

  private boolean truth(String field, boolean otherwise) {
    JsonNode value = value(field, JsonType.TRUTH);
    return value == null ? otherwise : value.booleanValue();
  }

  private <E extends Enum<E>> E choice(String field, E otherwise, E[] choices) {
    JsonNode value = value(field, JsonType.TEXT);
    if (value == null) {
      return otherwise;
    }
    for (E choice : choices) {
      if (word(choice).equals(value.textValue())) {
        return choice;
      }
    }
    refuse(field, value.toString(), Stream.of(choices).map(UNet2DConfigFile::word).toList());
    return otherwise;
  }

  private <E extends Enum<E>> E optionalChoice(String field, E otherwise, E[] choices) {
    return isNull(field) ? otherwise : choice(field, otherwise, choices);
  }

  private void refuse(String field, String value, List<String> only) {
    problems.add(field + " " + value + " (only " + String.join(", ", only) + ")");
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  private Activation activation() {
    JsonNode value = value("act_fn", JsonType.TEXT);
    if (value == null) {
      return Activation.SILU;
    }
    // As diffusers does: in any case.
    Map<String, Activation> names = new TreeMap<>(Map.of("swish", Activation.SILU));
    Stream.of(Activation.values())
        .filter(a -> a != Activation.QUICK_GELU)
        .forEach(a -> names.put(word(a), a));
    Activation activation = names.get(value.textValue().toLowerCase(Locale.ROOT));
    if (activation == null) {
      refuse("act_fn", value.toString(), List.copyOf(names.keySet()));
    }
    return activation;
  }

  private boolean hasMidBlock() {
    if (isNull("mid_block_type")) {
      return false;
    }
    JsonNode value = value("mid_block_type", JsonType.TEXT);
    if (value != null && !value.textValue().equals(MID_BLOCK)) {
      refuse("mid_block_type", value.toString(), List.of(MID_BLOCK, "null"));
    }
    return true;
  }

  private Size size() {
    if (!json.has("sample_size") || isNull("sample_size")) {
      asked.add("sample_size");
      return null;
    }
    JsonNode value = json.get("sample_size");
    if (value.isArray() && value.size() == 2 && JsonType.WHOLES.accepts(value)) {
      asked.add("sample_size");
      return new Size(value.get(0).intValue(), value.get(1).intValue());
    }
    JsonNode side = value("sample_size", JsonType.WHOLE);
    return side == null ? null : new Size(side.intValue(), side.intValue());
  }

  private List<Integer> widths() {
    JsonNode value = value("block_out_channels", JsonType.WHOLES);
    if (value == null) {
      return List.of(224, 448, 672, 896);
    }
    List<Integer> widths = new ArrayList<>();
    value.forEach(n -> widths.add(n.intValue()));
    return widths;
  }

  private List<BlockType> blocks(
      String field, Function<BlockType, String> name, List<Boolean> otherwise) {
    JsonNode value = value(field, JsonType.TEXTS);
    if (value == null) {
      return otherwise.stream().map(BlockType::withAttention).toList();
    }
    List<BlockType> blocks = new ArrayList<>();
    Set<String> refused = new HashSet<>();
    for (JsonNode block : value) {
      String text = block.textValue();
      // Early names begin with UNetRes and mean the same.
      String current = text.startsWith("UNetRes") ? text.substring("UNetRes".length()) : text;
      BlockType found = BlockType.PLAIN;
      boolean known = false;
      for (BlockType type : BlockType.values()) {
        if (name.apply(type).equals(current)) {
          found = type;
          known = true;
        }
      }
      if (!known && refused.add(text)) {
        refuse(field, text, Stream.of(BlockType.values()).map(name).toList());
      }
      blocks.add(found);
    }
    return blocks;
  }

  /**
   * The options a plain U-Net has always been written with, then those that differ from {@code
   * UNet2DModel}'s defaults: what runs and fingerprints compare does not change as options are
   * added.
   */
  static ObjectNode write(UNet2DConfig config) {
    ObjectNode json = Json.object();
    json.put("_class_name", MODEL).put("_diffusers_version", "0.35.0");
    json.put("act_fn", word(config.actFn()));
    json.put("attention_head_dim", config.attentionHeadDim());
    json.set("block_out_channels", Json.tree(config.blockOutChannels()));
    ArrayNode down = json.putArray("down_block_types");
    config.downBlockTypes().forEach(type -> down.add(type.down()));
    json.put("downsample_padding", config.downsamplePadding());
    json.put("flip_sin_to_cos", config.flipSinToCos()).put("freq_shift", config.freqShift());
    json.put("in_channels", config.inChannels()).put("layers_per_block", config.layersPerBlock());
    json.put("norm_eps", config.normEps()).put("norm_num_groups", config.normNumGroups());
    json.put("out_channels", config.outChannels());
    writeSize(json, config.sampleSize());
    ArrayNode up = json.putArray("up_block_types");
    config.upBlockTypes().forEach(type -> up.add(type.up()));
    ObjectNode plain = rest(PLAIN);
    for (Map.Entry<String, JsonNode> option : rest(config).properties()) {
      if (!option.getValue().equals(plain.get(option.getKey()))) {
        json.set(option.getKey(), option.getValue());
      }
    }
    return json;
  }

  private static void writeSize(ObjectNode json, Size size) {
    if (size == null) {
      json.putNull("sample_size");
    } else if (size.height() == size.width()) {
      json.put("sample_size", size.height());
    } else {
      json.putArray("sample_size").add(size.height()).add(size.width());
    }
  }

  private static ObjectNode rest(UNet2DConfig config) {
    ObjectNode json = Json.object();
    json.put("add_attention", config.addAttention());
    json.put("attn_norm_num_groups", config.attnNormNumGroups());
    json.put("center_input_sample", config.centerInputSample());
    json.put("class_embed_type", wordOrNull(config.classEmbedType()));
    json.put("downsample_type", word(config.downsampleType()));
    json.put("dropout", config.dropout());
    json.put("mid_block_scale_factor", config.midBlockScaleFactor());
    json.put("mid_block_type", config.midBlock() ? MID_BLOCK : null);
    json.put("num_class_embeds", config.numClassEmbeds());
    json.put("num_train_timesteps", config.numTrainTimesteps());
    json.put("resnet_time_scale_shift", word(config.resnetTimeScaleShift()));
    json.put("time_embedding_dim", config.timeEmbeddingDim());
    json.put("time_embedding_type", word(config.timeEmbeddingType()));
    json.put("upsample_type", word(config.upsampleType()));
    return json;
  }

  private static String wordOrNull(Enum<?> choice) {
    return choice == null ? null : word(choice);
  }
}
