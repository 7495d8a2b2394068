package io.journey.model;

import io.journey.run.Failures;
import io.journey.run.FileKind;
import io.journey.run.JourneyException;
import io.journey.tensor.NamedTensors;
import io.journey.tensor.PyTorchFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Files of weights that are not a {@code UNet2DModel}'s, by the names of their tensors. A family is
 * named only where several names that belong to it alone are there.
 */
public final class ForeignWeights {
  private static final String TRACE =
      "trace the model in Python with torch.jit.trace and name the program as torchscript:FILE, as"
          + " docs/formats/checkpoints.md says";
  private static final String OTHER =
      "name the weights of a model that draws images without text, in pixels";

  private static final int EXAMPLES = 3;

  /**
   * A family of models.
   *
   * @param words what its weights are
   * @param remedy what to do with them
   * @param names tensors all of which are there, each the whole name or its end after a dot
   */
  private record Family(String words, String remedy, List<String> names) {
    Family(String words, String remedy, String... names) {
      this(words, remedy, List.of(names));
    }

    boolean isIn(Set<String> stored) {
      return names.stream()
          .allMatch(n -> stored.stream().anyMatch(s -> s.equals(n) || s.endsWith("." + n)));
    }
  }

  private static final String INPUT_BLOCK = "input_blocks.0.0.weight";

  /** The first that fits: one that contains another stands before it. */
  private static final List<Family> FAMILIES =
      List.of(
          new Family(
              "a latent diffusion model of CompVis's code, such as Stable Diffusion",
              OTHER,
              "diffusion_model." + INPUT_BLOCK,
              "first_stage_model.decoder.conv_out.weight"),
          new Family(
              "a U-Net of OpenAI's guided-diffusion code, or one that follows it",
              TRACE,
              INPUT_BLOCK,
              "time_embed.0.weight"),
          new Family(
              "a Unet of denoising-diffusion-pytorch",
              TRACE,
              "init_conv.weight",
              "time_mlp.1.weight",
              "final_conv.weight"),
          new Family(
              "a network of the score_sde code",
              TRACE,
              "all_modules.1.weight",
              "all_modules.2.weight"),
          new Family(
              "the U-Net of pytorch-ddpm",
              TRACE,
              "head.weight",
              "downblocks.0.block1.0.weight",
              "tail.0.weight"),
          new Family(
              "the U-Net of the first DDPM and DDIM code, with its layers under other names",
              TRACE,
              "temb.dense.0.weight",
              "down.0.block.0.conv1.weight"),
          new Family(
              "a text-conditional U-Net of diffusers (UNet2DConditionModel)",
              OTHER,
              "conv_in.weight",
              "attn2.to_k.weight",
              "time_embedding.linear_1.weight"),
          new Family(
              "an autoencoder (VAE)", OTHER, "encoder.conv_in.weight", "decoder.conv_out.weight"),
          new Family("a CLIP text encoder", OTHER, "text_model.embeddings.token_embedding.weight"),
          new Family(
              "a CLIP image encoder", OTHER, "vision_model.embeddings.patch_embedding.weight"),
          new Family(
              "a diffusion transformer (DiT)",
              TRACE,
              "x_embedder.proj.weight",
              "t_embedder.mlp.0.weight"));

  /** Ends of names in files of low-rank changes to a model. */
  private static final List<String> LORA =
      List.of(
          "lora_A.weight", "lora_down.weight", "lora.down.weight", "lora_linear_layer.down.weight");

  private ForeignWeights() {}

  /**
   * Refuses a file that cannot be a {@code UNet2DModel}'s, whatever its configuration.
   *
   * @throws JourneyException saying what it is, as far as that is sure
   */
  static void refuse(NamedTensors file) {
    String verdict = verdict(file);
    if (verdict != null) {
      throw new JourneyException(verdict);
    }
  }

  /** The same for a file that is not opened yet; TorchScript is told of where it is read. */
  static void refuse(Path file) {
    String kind = FileKind.of(file);
    if (kind != null && !kind.equals(FileKind.SAFETENSORS) && !kind.equals(FileKind.ZIP)) {
      throw new JourneyException(
          file + " is " + kind + ", expected weights of a model: name a checkpoint.");
    }
    if (kind != null && !(kind.equals(FileKind.ZIP) && PyTorchFile.isTorchScript(file))) {
      refuse(NamedTensors.open(file));
    }
  }

  /**
   * Says why the weights of a file are of no {@code UNet2DModel}.
   *
   * @return a sentence, or null where they may be
   */
  public static String verdict(NamedTensors file) {
    Set<String> names = file.names();
    String start = file.file() + " holds no weights of a UNet2DModel of diffusers: ";
    if (names.stream().anyMatch(n -> LORA.stream().anyMatch(n::endsWith))) {
      return start + "its names are those of LoRA, changes to another model: " + OTHER + ".";
    }
    boolean hasSet =
        Weights.prefixes(file).stream()
            .anyMatch(
                p ->
                    names.contains(p + "time_embedding.linear_1.weight")
                        && names.stream().noneMatch(n -> n.startsWith(p) && n.contains(".attn2.")));
    if (hasSet) {
      return null;
    }
    for (Family family : FAMILIES) {
      if (family.isIn(names)) {
        return start + "its names are those of " + family.words() + "; " + family.remedy() + ".";
      }
    }
    boolean shadow = names.stream().anyMatch(n -> n.contains("shadow_params."));
    if (!Weights.prefixes(file).isEmpty() || shadow) {
      return null;
    }
    String examples =
        names.isEmpty()
            ? "it has no tensors"
            : "it has "
                + names.size()
                + " tensors, such as "
                + String.join(", ", names.stream().limit(EXAMPLES).map(Failures::quoted).toList())
                + ", and none called conv_in.weight or conv_out.weight";
    return start + examples + "; if it is a denoiser, " + TRACE + ".";
  }
}
