package io.journey.model;

import io.journey.array.NamedTensors;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses what is like LoRA but none, and LoRA of models that are not supported, both told by the
 * names and shapes of their tensors.
 */
final class LoraRefusals {
  private static final int WIDTH_OF_XL = 2048;
  private static final int MAX_NAME = 512;

  /** What names say. */
  private record Sign(String words, Pattern names) {
    Sign(String words, String names) {
      this(words, Pattern.compile(names));
    }

    boolean isIn(Set<String> names) {
      return names.stream().anyMatch(name -> this.names.matcher(name).find());
    }
  }

  private static final List<Sign> KINDS =
      List.of(
          new Sign("DoRA", "dora_scale|lora_magnitude_vector"),
          new Sign("LoHa", "\\.hada_(w|t)"),
          new Sign("LoKr", "\\.lokr_(w|t)"),
          new Sign("OFT", "\\.oft_|\\.boft_"),
          new Sign("IA3", "\\.ia3_|\\.on_input$"),
          new Sign("LoCon with a core of its own (CP decomposition)", "\\.lora_mid\\."),
          new Sign("LoRA of embeddings", "lora_embedding_[AB]"),
          new Sign("LoRA with biases", "lora_(A|B|up|down)(\\.[^.]+)?\\.bias$"),
          new Sign("differences of whole weights", "\\.diff(_b)?$|\\.w_norm$"));

  /** The first that fits: one that has the other's names too stands before it. */
  private static final List<Sign> BASES =
      List.of(
          new Sign(
              "Flux",
              "double_blocks|single_blocks|single_transformer_blocks|lora_unet_guidance_in"),
          new Sign(
              "Stable Diffusion 3", "joint_blocks|lora_te3_|text_encoder_3\\.|attn\\.add_q_proj"),
          new Sign(
              "Stable Diffusion XL",
              "lora_te[12]_|text_encoder_2\\.|lora_unet_(input|output|middle)_block"),
          new Sign("AnimateDiff", "motion_modules"),
          new Sign("Stable Cascade", "^lora_prior_|^prior\\."),
          new Sign(
              "a diffusion transformer",
              "^(base_model\\.model\\.)?(transformer|diffusion_model)\\."
                  + "|^(base_model\\.model\\.)?transformer_blocks\\.|^lora_transformer_"));

  private LoraRefusals() {}

  /**
   * Refuses other kinds and other models.
   *
   * @throws JourneyException naming it
   */
  static void check(NamedTensors file) {
    for (String name : file.names()) {
      if (name.length() > MAX_NAME) {
        throw new JourneyException(
            file.file()
                + " holds "
                + Failures.quoted(name)
                + " with "
                + name.length()
                + " characters, expected the name of a weight of a LoRA: fetch it again.");
      }
    }
    for (Sign kind : KINDS) {
      if (kind.isIn(file.names())) {
        throw kind(file, kind.words());
      }
    }
    for (Sign base : BASES) {
      if (base.isIn(file.names())) {
        throw base(file, base.words());
      }
    }
    for (String name : file.names()) {
      List<Long> shape = file.shape(name);
      if (name.matches(".*attn2.*to_k.*(lora_A|down).*weight")
          && shape.size() > 1
          && shape.get(1) == WIDTH_OF_XL) {
        throw base(file, "Stable Diffusion XL");
      }
    }
  }

  static JourneyException kind(NamedTensors file, String words) {
    return new JourneyException(
        file.file()
            + " holds "
            + words
            + ", expected plain LoRA: merge it into the model in Python and"
            + " name the model.");
  }

  private static JourneyException base(NamedTensors file, String words) {
    return new JourneyException(
        file.file()
            + " is a LoRA of "
            + words
            + ", expected one of a UNet2DConditionModel such as Stable Diffusion 1 or 2: name"
            + " another.");
  }
}
