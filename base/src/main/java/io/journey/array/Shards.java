package io.journey.array;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tensors spread over several files that an index lists, as {@code save_pretrained} writes models
 * larger than its {@code max_shard_size}: {@code {"metadata": {"total_size": BYTES}, "weight_map":
 * {NAME: FILE}}}. The files are in the index's folder.
 */
public final class Shards implements NamedTensors {
  private static final int MAX_LISTED = 12;

  private final Path index;
  private final Map<String, NamedTensors> shardOf;
  private final List<Path> files;

  private Shards(Path index, Map<String, NamedTensors> shardOf, List<Path> files) {
    this.index = index;
    this.shardOf = shardOf;
    this.files = files;
  }

  /**
   * Opens the files of an index and compares what they hold with it.
   *
   * @throws JourneyException naming every tensor a file lacks, or holds without being asked
   */
  public static Shards open(Path index) {
    ObjectNode json = Json.read(index);
    if (!(json.get("weight_map") instanceof ObjectNode map) || map.isEmpty()) {
      throw new JourneyException(
          index + " has no weight_map, expected an index of shards: check the path.");
    }
    Map<String, NamedTensors> opened = new TreeMap<>();
    Map<String, NamedTensors> shardOf = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : map.properties()) {
      String shard = fileName(index, field.getValue());
      NamedTensors tensors =
          opened.computeIfAbsent(shard, name -> NamedTensors.open(index.resolveSibling(name)));
      if (tensors.names().contains(field.getKey())) {
        shardOf.put(field.getKey(), tensors);
      } else {
        problems.add(shard + " lacks " + Failures.quoted(field.getKey()));
      }
    }
    opened.forEach((shard, tensors) -> addStrangers(shard, tensors, map, problems));
    checkTotal(json, shardOf, problems);
    if (!problems.isEmpty()) {
      throw new JourneyException(
          index
              + " does not fit its shards: "
              + String.join("; ", problems.subList(0, Math.min(MAX_LISTED, problems.size())))
              + (problems.size() > MAX_LISTED
                  ? "; and " + (problems.size() - MAX_LISTED) + " more"
                  : "")
              + ": fetch the folder again.");
    }
    return new Shards(index, shardOf, opened.values().stream().map(NamedTensors::file).toList());
  }

  /** Returns a name without any folder, so that an index cannot point elsewhere. */
  private static String fileName(Path index, JsonNode node) {
    String name = node.asText();
    boolean plain =
        node.isTextual()
            && name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}")
            && !name.endsWith(".json");
    if (!plain) {
      throw new JourneyException(
          index
              + " names the shard "
              + Failures.quoted(node.toString())
              + ", expected the name of a file in its own folder: fetch the folder again.");
    }
    return name;
  }

  private static void addStrangers(
      String shard, NamedTensors tensors, ObjectNode map, List<String> problems) {
    for (String name : tensors.names()) {
      if (!map.has(name)) {
        problems.add(shard + " holds " + Failures.quoted(name) + ", which the index does not list");
      } else if (!map.get(name).asText().equals(shard)) {
        problems.add(
            shard + " holds " + Failures.quoted(name) + ", listed in " + map.get(name).asText());
      }
    }
  }

  private static void checkTotal(
      ObjectNode json, Map<String, NamedTensors> shardOf, List<String> problems) {
    JsonNode claimed = json.path("metadata").path("total_size");
    long total = 0;
    for (Map.Entry<String, NamedTensors> tensor : shardOf.entrySet()) {
      long bytes = tensor.getValue().dtype(tensor.getKey()).bytes();
      for (long dim : tensor.getValue().shape(tensor.getKey())) {
        bytes *= dim;
      }
      total += bytes;
    }
    if (problems.isEmpty() && claimed.isNumber() && claimed.asLong() != total) {
      problems.add(
          "total_size is " + claimed.asLong() + ", the shards have " + Counted.of(total, "bytes"));
    }
  }

  private NamedTensors shard(String name) {
    NamedTensors shard = shardOf.get(name);
    if (shard == null) {
      throw new JourneyException(index + " has no tensor \"" + name + "\".");
    }
    return shard;
  }

  @Override
  public Path file() {
    return index;
  }

  @Override
  public List<Path> files() {
    return files;
  }

  @Override
  public Set<String> names() {
    return shardOf.keySet();
  }

  @Override
  public DType dtype(String name) {
    return shard(name).dtype(name);
  }

  @Override
  public List<Long> shape(String name) {
    return shard(name).shape(name);
  }

  @Override
  public float[] floats(String name) {
    return shard(name).floats(name);
  }
}
