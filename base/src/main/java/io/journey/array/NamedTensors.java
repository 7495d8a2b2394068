package io.journey.array;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Named arrays in a file, or in several. Opening reads names, types and shapes only. */
public interface NamedTensors {
  /** Returns the file, for messages; the index where there are several. */
  Path file();

  /** Returns every file that holds numbers. */
  List<Path> files();

  /** Returns the names, in the file's order. */
  Set<String> names();

  /** Returns the number type of a tensor. */
  DType dtype(String name);

  /** Returns the shape of a tensor. */
  List<Long> shape(String name);

  /**
   * Reads a tensor of any floating-point type as float32, in C order.
   *
   * @throws io.journey.run.JourneyException if it holds integers, is unknown, or too large for an
   *     array
   */
  float[] floats(String name);

  /**
   * Opens a file by its name: {@code .safetensors}, {@code .index.json} for shards, anything else
   * as a PyTorch file.
   */
  static NamedTensors open(Path file) {
    String name = String.valueOf(file.getFileName());
    if (name.endsWith(".safetensors")) {
      return Safetensors.open(file);
    }
    return name.endsWith(".json") ? Shards.open(file) : PyTorchFile.open(file);
  }
}
