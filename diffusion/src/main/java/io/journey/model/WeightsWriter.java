package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Float16;
import io.journey.array.Safetensors;
import io.journey.nn.Parameter;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * Writes weights as {@code save_pretrained} does: one safetensors file, or several of limited size
 * with an index.
 *
 * @param files takes a name and a content; called for the index last
 * @param dtype F32, F16 or BF16
 * @param maxShardBytes most bytes of numbers in a file, unless a single tensor has more
 */
public record WeightsWriter(
    BiConsumer<String, AtomicFile.Content> files, DType dtype, long maxShardBytes) {
  private static final String STEM = "diffusion_pytorch_model";

  /**
   * Writes weights, and constants as the model has them.
   *
   * @param weights θ, [p]
   */
  public void write(List<Parameter> parameters, float[] weights) {
    parameters.forEach(parameter -> checkRange(parameter, values(parameter, weights)));
    List<List<Parameter>> shards = shards(parameters);
    if (shards.size() == 1) {
      files.accept(STEM + ".safetensors", content(parameters, weights));
      return;
    }
    ObjectNode index = Json.object();
    long numbers = parameters.stream().mapToLong(Parameter::numel).sum();
    index.putObject("metadata").put("total_size", dtype.bytes() * numbers);
    ObjectNode map = index.putObject("weight_map");
    for (int s = 0; s < shards.size(); s++) {
      String name =
          String.format(Locale.ROOT, "%s-%05d-of-%05d.safetensors", STEM, s + 1, shards.size());
      shards.get(s).forEach(parameter -> map.put(parameter.name(), name));
      files.accept(name, content(shards.get(s), weights));
    }
    files.accept(STEM + ".safetensors.index.json", out -> out.write(Json.bytes(index)));
  }

  private List<List<Parameter>> shards(List<Parameter> parameters) {
    List<List<Parameter>> shards = new ArrayList<>();
    long room = 0;
    for (Parameter parameter : parameters) {
      long bytes = (long) dtype.bytes() * parameter.numel();
      if (shards.isEmpty() || bytes > room) {
        shards.add(new ArrayList<>());
        room = maxShardBytes;
      }
      shards.get(shards.size() - 1).add(parameter);
      room -= bytes;
    }
    return shards;
  }

  /** Made when it is written: of many files one is in memory. */
  private AtomicFile.Content content(List<Parameter> parameters, float[] weights) {
    return out -> {
      Safetensors.Writer tensors = new Safetensors.Writer().metadata("format", "pt");
      for (Parameter parameter : parameters) {
        tensors.add(parameter.name(), dtype, values(parameter, weights), parameter.shape());
      }
      tensors.writeTo(out);
    };
  }

  private static float[] values(Parameter parameter, float[] weights) {
    return parameter.isConstant()
        ? parameter.get()
        : Arrays.copyOfRange(weights, parameter.offset(), parameter.offset() + parameter.numel());
  }

  private void checkRange(Parameter parameter, float[] values) {
    for (float value : values) {
      if (dtype == DType.F16 && !Float.isFinite(Float16.toFloat(Float16.of(value)))) {
        throw new JourneyException(
            parameter.name() + " holds " + value + ", more than float16 can: write bf16 or f32.");
      }
    }
  }
}
