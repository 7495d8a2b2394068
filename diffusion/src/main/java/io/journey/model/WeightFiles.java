package io.journey.model;

import io.journey.array.NamedTensors;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The file of weights in a model's folder, as diffusers and transformers name them. */
public final class WeightFiles {
  /** What transformers calls them, preferred first. */
  private static final List<String> TRANSFORMERS =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private WeightFiles() {}

  /**
   * Finds the weights: the first of some names that is there, else a variant of the first that has
   * one, such as {@code model.fp16.safetensors} or {@code model.safetensors.index.fp16.json}.
   *
   * @param names of files without a variant, preferred first
   * @return the file, or null where there is none
   * @throws JourneyException if there are several variants of one name
   */
  public static Path find(Path folder, List<String> names) {
    for (String name : names) {
      Path plain = folder.resolve(name);
      if (Files.exists(plain)) {
        return plain;
      }
    }
    for (String name : names) {
      List<Path> variants = variants(folder, name);
      if (variants.size() > 1) {
        throw new JourneyException(
            folder
                + " holds several files of weights, "
                + String.join(", ", variants.stream().map(v -> v.getFileName().toString()).toList())
                + ": name one of them, or keep one alone.");
      }
      if (variants.size() == 1) {
        return variants.get(0);
      }
    }
    return null;
  }

  /**
   * Opens the weights in a folder of transformers.
   *
   * @param model whose they are, for the message: "the text model"
   * @throws JourneyException if there are none, or several variants
   */
  public static NamedTensors ofTransformers(Path folder, String model) {
    Path weights = find(folder, TRANSFORMERS);
    if (weights == null) {
      throw new JourneyException(
          folder
              + " has none of "
              + String.join(", ", TRANSFORMERS)
              + ": fetch "
              + model
              + "'s weights.");
    }
    return NamedTensors.open(weights);
  }

  /** The variant stands before the ending. */
  private static List<Path> variants(Path folder, String name) {
    int dot = name.lastIndexOf('.');
    String pattern = name.substring(0, dot).replace(".", "\\.") + "\\.\\w+\\" + name.substring(dot);
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().matches(pattern)).sorted().toList();
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + folder + ": " + Failures.reason(e) + ".", e);
    }
  }
}
