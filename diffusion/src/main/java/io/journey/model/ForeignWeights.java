package io.journey.model;

import io.journey.array.NamedTensors;
import io.journey.array.PyTorchFile;
import io.journey.run.Failures;
import io.journey.run.FileKind;
import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Explains files of weights that do not fit a model, by the names of their tensors. A family is
 * named only where several names that belong to it alone are there.
 */
final class ForeignWeights {
  private static final String TRACE =
      "trace the model in Python with torch.jit.trace and name the program as torchscript:FILE, as"
          + " docs/formats/checkpoints.md says";
  private static final String OTHER = "name the weights of a denoiser, as diffusers writes them";
  private static final String CONFIG = "put the config.json that belongs to them beside them";

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

  private static final String TIME = "time_embedding.linear_1.weight";

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
              CONFIG,
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
              "t_embedder.mlp.0.weight"),
          new Family(
              "a U-Net of diffusers without text (UNet2DModel)", CONFIG, "conv_in.weight", TIME));

  /** Ends of names in files of low-rank changes to a model. */
  private static final List<String> LORA =
      List.of(
          "lora_A.weight", "lora_down.weight", "lora.down.weight", "lora_linear_layer.down.weight");

  private ForeignWeights() {}

  /**
   * Refuses a file that is no file of tensors. Nothing is said here of a file that is missing, of
   * TorchScript, or of no known kind.
   *
   * @param file of weights, or the index of several
   * @throws JourneyException saying what it is, as far as that is sure
   */
  static void requireTensors(Path file) {
    String kind = FileKind.of(file);
    boolean index = String.valueOf(file.getFileName()).endsWith(".json");
    if (isUnknown(file, kind)) {
      return;
    }
    if (!index && !kind.equals(FileKind.SAFETENSORS) && !kind.equals(FileKind.ZIP)) {
      throw new JourneyException(
          file + " is " + kind + ", expected weights of a model: name a checkpoint.");
    }
  }

  private static boolean isUnknown(Path file, String kind) {
    return kind == null || kind.equals(FileKind.ZIP) && PyTorchFile.isTorchScript(file);
  }

  /** Refuses a file beside which there is no configuration, if it is no file of a U-Net. */
  static void refuse(Path file) {
    requireTensors(file);
    if (!isUnknown(file, FileKind.of(file))) {
      refuse(NamedTensors.open(file), UNet2DArchitecture.CLASS_NAME);
    }
  }

  /**
   * Refuses weights of which none are the model's.
   *
   * @param className of the model
   * @throws JourneyException saying what they are, unless they are a {@code UNet2DModel}'s
   */
  static void refuse(NamedTensors file, String className) {
    refuseFamily(file, className);
    Set<String> names = file.names();
    if (hasUNet(names, className)) {
      return;
    }
    if (names.stream().anyMatch(n -> n.contains("shadow_params."))) {
      throw new JourneyException(
          file.file()
              + " holds shadow_params, a list without names, expected weights by name: in Python,"
              + " copy_to the model and save that.");
    }
    String examples =
        names.isEmpty()
            ? "it has no tensors"
            : "it has "
                + names.size()
                + " tensors, such as "
                + String.join(", ", names.stream().limit(EXAMPLES).map(Failures::quoted).toList());
    throw new JourneyException(
        start(file, className) + examples + "; if it is a denoiser, " + TRACE + ".");
  }

  /**
   * Refuses weights of a family that is known by its names.
   *
   * @param className of the model that is wanted
   */
  static void refuseFamily(NamedTensors file, String className) {
    Set<String> names = file.names();
    String start = start(file, className);
    if (names.stream().anyMatch(n -> LORA.stream().anyMatch(n::endsWith))) {
      throw new JourneyException(
          start
              + "its names are those of LoRA, changes to another model: name that as the checkpoint,"
              + " and this as --lora.");
    }
    if (!hasUNet(names, className)) {
      for (Family family : FAMILIES) {
        if (family.isIn(names)) {
          throw new JourneyException(
              start + "its names are those of " + family.words() + "; " + family.remedy() + ".");
        }
      }
    }
  }

  private static String start(NamedTensors file, String className) {
    return file.file() + " holds no weights of a " + className + ": ";
  }

  /**
   * Returns whether a set of names is such a U-Net's, whatever else is in the file: with attention
   * to a text, or without.
   */
  private static boolean hasUNet(Set<String> names, String className) {
    boolean text = className.equals(UNet2DConditionArchitecture.CLASS_NAME);
    return names.stream()
        .filter(n -> n.equals(TIME) || n.endsWith("." + TIME))
        .map(n -> n.substring(0, n.length() - TIME.length()))
        .anyMatch(
            p ->
                (names.contains(p + "conv_in.weight") || names.contains(p + "conv_out.weight"))
                    && text
                        == names.stream().anyMatch(n -> n.startsWith(p) && n.contains(".attn2.")));
  }
}
