package io.journey.array;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors.Entry;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The header of a safetensors file after it has been checked against the file. */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";

  static SafetensorsHeader check(Path file, ObjectNode header, long dataStart, long size) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (field.getKey().equals(METADATA)) {
        readMetadata(file, field.getValue(), metadata);
      } else {
        entries.put(field.getKey(), entry(file, field.getKey(), field.getValue(), dataStart, size));
      }
    }
    List<Entry> byPlace = new ArrayList<>(entries.values());
    byPlace.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::bytes));
    long end = dataStart;
    for (Entry entry : byPlace) {
      if (entry.begin() != end) {
        throw damaged(
            file, entry.begin() < end ? "two tensors overlap" : "there is a gap between tensors");
      }
      end += entry.bytes();
    }
    if (end != size) {
      throw damaged(file, (size - end) + " bytes lie behind the last tensor");
    }
    return new SafetensorsHeader(entries, metadata);
  }

  private static void readMetadata(Path file, JsonNode node, Map<String, String> into) {
    if (!node.isObject()) {
      throw damaged(file, "its metadata are not names and texts");
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!field.getValue().isTextual()) {
        throw damaged(file, "its metadata are not names and texts");
      }
      into.put(field.getKey(), field.getValue().asText());
    }
  }

  private static Entry entry(Path file, String name, JsonNode node, long dataStart, long size) {
    String shown = Failures.quoted(name);
    DType dtype = null;
    for (DType candidate : DType.values()) {
      if (candidate.safetensorsName().equals(node.path("dtype").asText())) {
        dtype = candidate;
      }
    }
    if (dtype == null) {
      throw damaged(
          file,
          "tensor "
              + shown
              + " has type "
              + Failures.quoted(node.path("dtype").asText())
              + ", which Journey does not read");
    }
    JsonNode offsets = node.path("data_offsets");
    JsonNode dims = node.path("shape");
    if (!offsets.isArray() || offsets.size() != 2 || !dims.isArray()) {
      throw damaged(file, "tensor " + shown + " has no shape or place");
    }
    long begin = wholeNumber(offsets.get(0));
    long end = wholeNumber(offsets.get(1));
    List<Long> shape = new ArrayList<>();
    try {
      long bytes = dtype.bytes();
      for (JsonNode dim : dims) {
        if (wholeNumber(dim) < 0) {
          throw damaged(
              file, "tensor " + shown + " has the dimension " + Failures.quoted(dim.toString()));
        }
        shape.add(dim.asLong());
        bytes = Math.multiplyExact(bytes, dim.asLong());
      }
      if (begin < 0 || end < begin || end > size - dataStart || end - begin != bytes) {
        throw damaged(
            file,
            "tensor "
                + shown
                + " of shape "
                + Failures.quoted(shape.toString())
                + " claims the bytes "
                + begin
                + " to "
                + end);
      }
    } catch (ArithmeticException e) {
      throw damaged(file, "tensor " + shown + " is larger than any file");
    }
    return new Entry(dtype, List.copyOf(shape), dataStart + begin, end - begin);
  }

  /** Returns the number, or -1 where there is none of 63 bits. */
  private static long wholeNumber(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() ? node.asLong() : -1;
  }

  static JourneyException damaged(Path file, String why) {
    return new JourneyException(
        file + " is not a whole safetensors file: " + why + "; fetch or make it again.");
  }
}
