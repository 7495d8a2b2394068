package io.journey.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The architecture of a {@link UNet2D}, with the field names and defaults of diffusers' {@code
 * UNet2DModel}.
 *
 * @param sampleSize side of the square images, divisible by 2^(levels−1)
 * @param channels of images, in and out
 * @param blockOutChannels channels of each level
 * @param attention whether a level has attention ({@code AttnDownBlock2D}, {@code AttnUpBlock2D})
 * @param layersPerBlock residual blocks in each down block
 * @param normNumGroups groups of every norm; divides every number of channels
 * @param normEps ε of every norm
 * @param attentionHeadDim channels of one attention head; null: one head
 * @param flipSinToCos whether the time embedding starts with cosines
 * @param freqShift of the time embedding's frequencies
 * @param downsamplePadding 1, or 0 for zeros at the right and bottom only
 */
public record UNet2DConfig(
    int sampleSize,
    int channels,
    List<Integer> blockOutChannels,
    List<Boolean> attention,
    int layersPerBlock,
    int normNumGroups,
    double normEps,
    Integer attentionHeadDim,
    boolean flipSinToCos,
    int freqShift,
    int downsamplePadding) {

  /** Options that must have the value of {@code UNet2DModel}'s default where they are given. */
  private static final Map<String, Set<String>> FIXED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("act_fn", Set.of("\"silu\"", "\"swish\"")),
              Map.entry("add_attention", Set.of("true")),
              Map.entry("attn_norm_num_groups", Set.of("null")),
              Map.entry("center_input_sample", Set.of("false")),
              Map.entry("class_embed_type", Set.of("null")),
              Map.entry("downsample_type", Set.of("\"conv\"")),
              Map.entry("dropout", Set.of("0.0", "0")),
              Map.entry("mid_block_scale_factor", Set.of("1", "1.0")),
              Map.entry("mid_block_type", Set.of("\"UNetMidBlock2D\"")),
              Map.entry("num_class_embeds", Set.of("null")),
              Map.entry("resnet_time_scale_shift", Set.of("\"default\"")),
              Map.entry("time_embedding_dim", Set.of("null")),
              Map.entry("time_embedding_type", Set.of("\"positional\"")),
              Map.entry("upsample_type", Set.of("\"conv\""))));

  /** Options read by name, or free of meaning for the computation. */
  private static final Map<String, JsonType> READ =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("sample_size", JsonType.WHOLE),
              Map.entry("in_channels", JsonType.WHOLE),
              Map.entry("out_channels", JsonType.WHOLE),
              Map.entry("block_out_channels", JsonType.WHOLES),
              Map.entry("down_block_types", JsonType.TEXTS),
              Map.entry("up_block_types", JsonType.TEXTS),
              Map.entry("layers_per_block", JsonType.WHOLE),
              Map.entry("norm_num_groups", JsonType.WHOLE),
              Map.entry("norm_eps", JsonType.NUMBER),
              Map.entry("attention_head_dim", JsonType.WHOLE),
              Map.entry("flip_sin_to_cos", JsonType.TRUTH),
              Map.entry("freq_shift", JsonType.WHOLE),
              Map.entry("downsample_padding", JsonType.WHOLE),
              Map.entry("num_train_timesteps", JsonType.WHOLE)));

  /** Options diffusers writes as null where they are not set. */
  private static final Set<String> NULLABLE = Set.of("attention_head_dim", "num_train_timesteps");

  public UNet2DConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
    attention = List.copyOf(attention);
    if (blockOutChannels.isEmpty() || blockOutChannels.size() != attention.size()) {
      throw new IllegalArgumentException("a U-Net needs as many block types as block channels");
    }
    int scale = 1 << (blockOutChannels.size() - 1);
    if (sampleSize < 1) {
      throw new IllegalArgumentException("sample_size must be at least 1, got " + sampleSize);
    }
    if (sampleSize % scale != 0) {
      throw new IllegalArgumentException(
          "sample_size "
              + sampleSize
              + " is not divisible by "
              + scale
              + ", which "
              + blockOutChannels.size()
              + " levels need");
    }
    for (int width : blockOutChannels) {
      if (width < 1 || normNumGroups < 1 || width % normNumGroups != 0) {
        throw new IllegalArgumentException(
            "norm_num_groups " + normNumGroups + " does not divide " + width + " channels");
      }
      if (attentionHeadDim != null && (attentionHeadDim < 1 || attentionHeadDim > width)) {
        throw new IllegalArgumentException(
            "attention_head_dim " + attentionHeadDim + " does not fit " + width + " channels");
      }
    }
    if (layersPerBlock < 1 || channels < 1 || downsamplePadding < 0 || downsamplePadding > 1) {
      throw new IllegalArgumentException(
          "layers_per_block and channels must be at least 1, downsample_padding 0 or 1, got "
              + layersPerBlock
              + ", "
              + channels
              + " and "
              + downsamplePadding);
    }
  }

  /** Width of the time embedding. */
  public int timeEmbeddingDim() {
    return 4 * blockOutChannels.get(0);
  }

  /** The shape of the images. */
  public ImageShape shape() {
    return new ImageShape(channels, sampleSize, sampleSize);
  }

  /** As diffusers' {@code config.json}. */
  public ObjectNode toDiffusers() {
    ObjectNode json = Json.object();
    json.put("_class_name", "UNet2DModel").put("_diffusers_version", "0.35.0");
    json.put("act_fn", "silu");
    json.put("attention_head_dim", attentionHeadDim);
    json.set("block_out_channels", Json.tree(blockOutChannels));
    var down = json.putArray("down_block_types");
    attention.forEach(a -> down.add(a ? "AttnDownBlock2D" : "DownBlock2D"));
    json.put("downsample_padding", downsamplePadding);
    json.put("flip_sin_to_cos", flipSinToCos).put("freq_shift", freqShift);
    json.put("in_channels", channels).put("layers_per_block", layersPerBlock);
    json.put("norm_eps", normEps).put("norm_num_groups", normNumGroups);
    json.put("out_channels", channels).put("sample_size", sampleSize);
    var up = json.putArray("up_block_types");
    for (int i = attention.size() - 1; i >= 0; i--) {
      up.add(attention.get(i) ? "AttnUpBlock2D" : "UpBlock2D");
    }
    return json;
  }

  /**
   * Reads diffusers' {@code config.json}.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is not supported
   */
  public static UNet2DConfig fromDiffusers(ObjectNode json, String where) {
    String type = json.path("_class_name").asText("UNet2DModel");
    if (!type.equals("UNet2DModel")) {
      throw new JourneyException(
          where + " describes a " + type + ", expected a UNet2DModel: name another checkpoint.");
    }
    List<String> unsupported = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      Set<String> allowed = FIXED.get(field.getKey());
      boolean known =
          field.getKey().startsWith("_")
              || READ.containsKey(field.getKey())
              || (allowed != null && allowed.contains(field.getValue().toString()));
      if (!known) {
        String only =
            allowed == null ? "" : " (only " + String.join(" or ", new TreeSet<>(allowed)) + ")";
        unsupported.add(field.getKey() + " " + field.getValue() + only);
      }
    }
    checkTypes(json, where);
    List<Boolean> attention = blocks(json, "down_block_types", "DownBlock2D", unsupported);
    List<Boolean> up = blocks(json, "up_block_types", "UpBlock2D", unsupported);
    List<Boolean> mirrored = new ArrayList<>(up);
    java.util.Collections.reverse(mirrored);
    if (!mirrored.equals(attention)) {
      unsupported.add("up_block_types that do not mirror down_block_types");
    }
    if (json.path("in_channels").asInt(3) != json.path("out_channels").asInt(3)) {
      unsupported.add("out_channels other than in_channels");
    }
    if (!unsupported.isEmpty()) {
      throw new JourneyException(
          where
              + " asks for what Journey does not support: "
              + String.join(", ", unsupported)
              + ": change these options, or name another checkpoint.");
    }
    try {
      return parse(json, attention);
    } catch (IllegalArgumentException e) {
      throw new JourneyException(where + " describes no usable U-Net: " + e.getMessage() + ".", e);
    }
  }

  private static void checkTypes(ObjectNode json, String where) {
    READ.forEach(
        (field, type) -> {
          boolean none = NULLABLE.contains(field) && json.path(field).isNull();
          if (json.has(field) && !none) {
            type.require(json.get(field), field, where);
          }
        });
  }

  private static UNet2DConfig parse(ObjectNode json, List<Boolean> attention) {
    List<Integer> widths = new ArrayList<>();
    json.path("block_out_channels").forEach(n -> widths.add(n.asInt()));
    JsonNode headDim = json.path("attention_head_dim");
    return new UNet2DConfig(
        json.path("sample_size").asInt(),
        json.path("in_channels").asInt(3),
        widths,
        attention,
        json.path("layers_per_block").asInt(2),
        json.path("norm_num_groups").asInt(32),
        json.path("norm_eps").asDouble(1e-5),
        headDim.isNull() ? null : Integer.valueOf(headDim.asInt(8)),
        json.path("flip_sin_to_cos").asBoolean(true),
        json.path("freq_shift").asInt(0),
        json.path("downsample_padding").asInt(1));
  }

  private static List<Boolean> blocks(
      ObjectNode json, String field, String plain, List<String> unsupported) {
    List<Boolean> attention = new ArrayList<>();
    for (JsonNode block : json.path(field)) {
      String name = block.asText();
      if (!name.equals(plain) && !name.equals("Attn" + plain)) {
        unsupported.add(field + " " + name);
      }
      attention.add(name.startsWith("Attn"));
    }
    return attention;
  }
}
