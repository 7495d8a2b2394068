package io.journey.text;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.ConfigBinding;
import io.journey.nn.Activation;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The shape of a {@link ClipTextModel}, with the names and defaults of transformers' {@code
 * CLIPTextConfig}.
 *
 * @param vocabSize rows of the table of tokens
 * @param hiddenSize D, the width of a token
 * @param intermediateSize the width between the layers of a block's perceptron
 * @param numHiddenLayers how many blocks
 * @param numAttentionHeads of attention; they divide D
 * @param maxPositionEmbeddings the most tokens of a text
 * @param hiddenAct of perceptrons
 * @param layerNormEps of normalisations
 */
public record ClipTextConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int maxPositionEmbeddings,
    HiddenAct hiddenAct,
    double layerNormEps) {

  /** The function within perceptrons. */
  public enum HiddenAct {
    /** x·σ(1.702·x), of OpenAI's models and so of Stable Diffusion 1. */
    @JsonProperty("quick_gelu")
    QUICK_GELU(Activation.QUICK_GELU),
    /** x·Φ(x), of OpenCLIP's models and so of Stable Diffusion 2. */
    @JsonProperty("gelu")
    GELU(Activation.GELU);

    private final Activation activation;

    HiddenAct(Activation activation) {
      this.activation = activation;
    }

    /** Returns the function. */
    public Activation activation() {
      return activation;
    }
  }

  private static final int MAX_LAYERS = 1000;
  private static final int MAX_TOKENS = 1 << 16;
  private static final String CLASS_NAME = "CLIPTextModel";

  private static final ConfigBinding<ClipTextConfig> TRANSFORMERS =
      new ConfigBinding<>(
          CLASS_NAME, new ClipTextConfig(49408, 512, 2048, 12, 8, 77, HiddenAct.QUICK_GELU, 1e-5));

  /**
   * Options on which no state of a token depends: how a model is trained, initialised, stored and
   * pooled, and what every configuration of transformers 4 had of generating text.
   */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "add_cross_attention",
          "architectures",
          "attention_dropout",
          "bad_words_ids",
          "begin_suppress_tokens",
          "bos_token_id",
          "chunk_size_feed_forward",
          "cross_attention_hidden_size",
          "decoder_start_token_id",
          "diversity_penalty",
          "do_sample",
          "dropout",
          "dtype",
          "early_stopping",
          "encoder_no_repeat_ngram_size",
          "eos_token_id",
          "exponential_decay_length_penalty",
          "finetuning_task",
          "forced_bos_token_id",
          "forced_eos_token_id",
          "gradient_checkpointing",
          "id2label",
          "initializer_factor",
          "initializer_range",
          "is_decoder",
          "is_encoder_decoder",
          "label2id",
          "length_penalty",
          "max_length",
          "min_length",
          "model_type",
          "no_repeat_ngram_size",
          "num_beam_groups",
          "num_beams",
          "num_return_sequences",
          "output_attentions",
          "output_hidden_states",
          "output_scores",
          "pad_token_id",
          "prefix",
          "problem_type",
          "projection_dim",
          "pruned_heads",
          "remove_invalid_values",
          "repetition_penalty",
          "return_dict",
          "return_dict_in_generate",
          "sep_token_id",
          "suppress_tokens",
          "task_specific_params",
          "temperature",
          "tf_legacy_loss",
          "tie_encoder_decoder",
          "tie_word_embeddings",
          "tokenizer_class",
          "top_k",
          "top_p",
          "torch_dtype",
          "torchscript",
          "transformers_version",
          "typical_p",
          "use_bfloat16");

  public ClipTextConfig {
    for (int n :
        new int[] {
          vocabSize,
          hiddenSize,
          intermediateSize,
          numHiddenLayers,
          numAttentionHeads,
          maxPositionEmbeddings
        }) {
      if (n < 1) {
        throw new SettingException("its sizes must be 1 at least, got " + n);
      }
    }
    if (hiddenSize % numAttentionHeads != 0) {
      throw new SettingException(
          "num_attention_heads must divide hidden_size "
              + hiddenSize
              + ", got "
              + numAttentionHeads);
    }
    if (numHiddenLayers > MAX_LAYERS || maxPositionEmbeddings > MAX_TOKENS) {
      throw new SettingException(
          "num_hidden_layers may be "
              + MAX_LAYERS
              + " and max_position_embeddings "
              + MAX_TOKENS
              + " at most, got "
              + numHiddenLayers
              + " and "
              + maxPositionEmbeddings);
    }
    if (!(layerNormEps > 0)) {
      throw new SettingException("layer_norm_eps must be above 0, got " + layerNormEps);
    }
    double weights =
        ((double) vocabSize + maxPositionEmbeddings) * hiddenSize
            + (double) numHiddenLayers
                * hiddenSize
                * (4.0 * hiddenSize + 2.0 * intermediateSize + 16.0);
    if (weights > Integer.MAX_VALUE) {
      throw new SettingException(
          "a model may have " + Integer.MAX_VALUE + " weights, this one has more");
    }
  }

  /**
   * Reads {@code config.json} of a text model or of a whole CLIP.
   *
   * @throws JourneyException if it is of another model, or naming every option that is unknown, of
   *     the wrong type or not supported
   */
  static ClipTextConfig read(Path file) {
    ObjectNode json = Json.read(file);
    String type = json.path("model_type").asText();
    if (!type.equals("clip") && !type.equals("clip_text_model")) {
      throw new JourneyException(
          file
              + " has model_type \""
              + Failures.quoted(type)
              + "\", expected clip_text_model or clip: name a model whose captions are read by a"
              + " CLIP.");
    }
    ObjectNode options = json.path("text_config") instanceof ObjectNode text ? text : json;
    ObjectNode deciding = Json.object();
    for (Map.Entry<String, JsonNode> option : options.properties()) {
      boolean without =
          WITHOUT_EFFECT.contains(option.getKey())
              // transformers 5 has no such option; diffusers masks padding where it is true.
              || option.getKey().equals("use_attention_mask") && !option.getValue().asBoolean();
      if (!without) {
        deciding.set(option.getKey(), option.getValue());
      }
    }
    return TRANSFORMERS.read(deciding, file.toString());
  }

  /** Returns all options as transformers writes them. */
  ObjectNode toJson() {
    ObjectNode options =
        TRANSFORMERS.write(
            this,
            Set.of(
                "vocab_size",
                "hidden_size",
                "intermediate_size",
                "num_hidden_layers",
                "num_attention_heads",
                "max_position_embeddings",
                "hidden_act",
                "layer_norm_eps"));
    options.remove(List.of("_class_name", "_diffusers_version"));
    ObjectNode json = Json.object();
    json.putArray("architectures").add(CLASS_NAME);
    json.put("model_type", "clip_text_model");
    json.setAll(options);
    return json;
  }
}
