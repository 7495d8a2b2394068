package io.journey.model;

import io.journey.array.NamedTensors;
import io.journey.nn.Module;
import io.journey.run.Checksums;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A LoRA (Hu et al. 2021): changes of low rank to the linear maps and convolutions of a U-Net, of
 * its text encoder, or of both, as diffusers, peft and kohya's scripts write them. Opening reads
 * names, shapes and scales alone.
 */
public final class LoraFile {
  /** What is changed. */
  public enum Part {
    UNET("U-Net"),
    TEXT_ENCODER("text encoder");

    private final String words;

    Part(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /**
   * The two weights of a layer, by their names in the file.
   *
   * @param layer the layer's name with underscores for dots: that is how schemes are told alike
   * @param down A, [r, I] or [r, I, K, K]
   * @param up B, [O, r] or [O, r, 1, 1]
   * @param scale what B(Ax) is multiplied by
   */
  record Pair(Part part, String layer, String down, String up, int rank, double scale) {}

  /** What diffusers and peft call the file in a folder, preferred first. */
  private static final List<String> NAMES =
      List.of(
          "pytorch_lora_weights.safetensors",
          "adapter_model.safetensors",
          "pytorch_lora_weights.bin",
          "adapter_model.bin");

  private final NamedTensors tensors;
  private final List<Pair> pairs;

  private LoraFile(NamedTensors tensors, List<Pair> pairs) {
    this.tensors = tensors;
    this.pairs = pairs;
  }

  /**
   * Opens a LoRA.
   *
   * @param path a file, or the folder that diffusers or peft has saved
   * @throws JourneyException if it holds none, one of another kind such as DoRA, or one of a model
   *     that Journey does not support, such as Stable Diffusion XL
   */
  public static LoraFile open(Path path) {
    NamedTensors tensors = NamedTensors.open(Files.isDirectory(path) ? find(path) : path);
    LoraRefusals.check(tensors);
    return new LoraFile(tensors, LoraNames.pairs(tensors, LoraScales.of(tensors)));
  }

  private static Path find(Path folder) {
    return NAMES.stream()
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new JourneyException(
                    folder
                        + " holds no LoRA (expected "
                        + String.join(", ", NAMES)
                        + "): name the file."));
  }

  /** Returns the same with its changes multiplied by a number. */
  LoraFile scaled(double factor) {
    return new LoraFile(
        tensors,
        pairs.stream()
            .map(
                pair ->
                    new Pair(
                        pair.part(),
                        pair.layer(),
                        pair.down(),
                        pair.up(),
                        pair.rank(),
                        factor * pair.scale()))
            .toList());
  }

  /** Returns the file, for messages. */
  public Path file() {
    return tensors.file();
  }

  /** Returns whether a part is changed. */
  public boolean changes(Part part) {
    return !pairs(part).isEmpty();
  }

  /** Returns how many layers of a part are changed. */
  public int layers(Part part) {
    return pairs(part).size();
  }

  List<Pair> pairs(Part part) {
    return pairs.stream().filter(pair -> pair.part() == part).toList();
  }

  NamedTensors tensors() {
    return tensors;
  }

  /**
   * Adds the changes of a part to the weights of a module: W + s·BA. The two weights of a pair are
   * no parameters then.
   *
   * @param module a U-Net, or a {@code ClipTextModel}
   * @return a sentence that says so, for the user
   * @throws JourneyException if it is a LoRA of another model or not finite; then nothing is
   *     changed
   */
  public String merge(Part part, Module module) {
    new LoraFit(this, part, module).merge();
    return file()
        + " changes "
        + Counted.of(layers(part), "layers")
        + " of the "
        + part.words()
        + ": it was added to their weights, so no gradient is taken for it.";
  }

  /** Returns a digest of the files' bytes and of the scales. */
  String fingerprint() {
    List<String> all = new ArrayList<>();
    Stream.concat(
            tensors.files().stream().map(Checksums::of),
            pairs.stream().map(pair -> pair.down() + " " + pair.scale()))
        .forEach(all::add);
    return String.join("\n", all);
  }
}
