package io.journey.benchmarks.hostile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one case does to the files of its original, decided by its name alone. */
final class Attack {
  private final Original original;
  private final RandomStream random;
  private final int command;
  private final String prepared;
  private final Path preparedBytes;
  private String how = "";
  private boolean sealed;

  private Attack(Original original, int command, String prepared, Path preparedBytes) {
    this.original = original;
    this.random = Seed.of(1).stream();
    this.command = command;
    this.prepared = prepared;
    this.preparedBytes = preparedBytes;
  }

  private Attack(Original original, long number) {
    this.prepared = null;
    this.preparedBytes = null;
    this.original = original;
    this.random = Seed.of(1).child("hostile").child(original.name()).child(number).stream();
    this.command = random.nextInt(original.commands().size());
  }

  /** Returns the case of this number. */
  static Attack of(Original original, long number) {
    return new Attack(original, number);
  }

  /** Returns the attack that puts these bytes in a file's place. */
  static Attack replacing(Original original, int command, String file, Path bytes) {
    return new Attack(original, command, file, bytes);
  }

  /** Returns which of the original's commands reads it. */
  int command() {
    return command;
  }

  /** Returns what was done. */
  String how() {
    return how;
  }

  /** Returns whether manifests were made anew, so that other content cannot be noticed. */
  boolean isSealed() {
    return sealed;
  }

  /** Changes the files below a copy of the original. */
  void apply(Path folder) throws IOException {
    if (prepared != null) {
      how = prepared + ": replaced";
      Files.copy(preparedBytes, folder.resolve(prepared), StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    if (original.attacked().isEmpty()) {
      how = new FolderMutations(folder, random).several();
      return;
    }
    String name = original.attacked().get(random.nextInt(original.attacked().size()));
    Path file = folder.resolve(name);
    List<byte[]> others = new ArrayList<>();
    for (String other : original.attacked()) {
      if (ending(other).equals(ending(name)) && others.size() < 8) {
        others.add(Files.readAllBytes(folder.resolve(other)));
      }
    }
    byte[] before = Files.readAllBytes(file);
    byte[] after = changed(name, before, others);
    Files.write(file, after);
    how = name + ":" + how;
    if (original.guard() == Original.Guard.MANIFEST && random.nextInt(3) > 0) {
      sealed = Repairs.seal(file, folder);
      how += sealed ? " sealed" : "";
    }
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private byte[] changed(String name, byte[] before, List<byte[]> others) {
    boolean deep = random.nextInt(3) > 0;
    if (!deep) {
      return bytes(before, others);
    }
    return switch (ending(name)) {
      case "json" -> json(before, others);
      case "jsonl", "csv", "txt" -> lines(before, others);
      case "png" -> Repairs.png(bytes(before, others));
      case "webp" -> Repairs.riff(bytes(before, others));
      case "tar" -> Repairs.tar(bytes(before, others));
      case "gz", "tgz" -> Repairs.gzip(inside(Repairs.gunzip(before), name));
      case "safetensors" -> safetensors(before, others);
      case "npy" -> npy(before, others);
      case "bin", "pt", "ckpt" -> Repairs.zip(bytes(before, others));
      default -> bytes(before, others);
    };
  }

  private byte[] inside(byte[] content, String name) {
    byte[] changed = bytes(content, List.of(content));
    return name.contains("tar") || name.endsWith("tgz") ? Repairs.tar(changed) : changed;
  }

  private byte[] bytes(byte[] before, List<byte[]> others) {
    ByteMutations mutations = new ByteMutations(before, others, random);
    byte[] after = mutations.several();
    how += " " + mutations.said();
    return after;
  }

  private byte[] json(byte[] before, List<byte[]> others) {
    ObjectNode object;
    try {
      object = Json.parse(before, "the original");
    } catch (JourneyException e) {
      return bytes(before, others);
    }
    JsonMutations mutations = new JsonMutations(random);
    byte[] after = mutations.several(object);
    how += " " + mutations.said();
    return after;
  }

  /** One line, or one cell of it, changed. */
  private byte[] lines(byte[] before, List<byte[]> others) {
    List<String> lines =
        new ArrayList<>(new String(before, StandardCharsets.UTF_8).lines().toList());
    if (lines.isEmpty()) {
      return bytes(before, others);
    }
    int at = random.nextInt(lines.size());
    String line = lines.get(at);
    if (line.startsWith("{")) {
      String text =
          new String(json(line.getBytes(StandardCharsets.UTF_8), others), StandardCharsets.UTF_8);
      lines.set(at, text.replace("\n", " "));
    } else {
      String[] cells = line.split(",", -1);
      int cell = random.nextInt(cells.length);
      List<String> prepared =
          List.of(
              "",
              "-1",
              "99999999999",
              "NaN",
              "=1+1",
              "\"",
              "../x",
              "a\u0000",
              "1e999",
              "x".repeat(70_000));
      cells[cell] = prepared.get(random.nextInt(prepared.size()));
      how += " cell " + cell + " of line " + at;
      switch (random.nextInt(4)) {
        case 0 -> lines.remove(at);
        case 1 -> lines.add(at, line);
        default -> lines.set(at, String.join(",", cells));
      }
    }
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private byte[] safetensors(byte[] before, List<byte[]> others) {
    int length = Repairs.headerLength(before);
    if (length < 0) {
      return bytes(before, others);
    }
    byte[] header = Arrays.copyOfRange(before, 8, 8 + length);
    byte[] numbers = Arrays.copyOfRange(before, 8 + length, before.length);
    return random.nextInt(3) == 0
        ? Repairs.safetensors(header, bytes(numbers, others))
        : Repairs.safetensors(json(header, others), numbers);
  }

  private byte[] npy(byte[] before, List<byte[]> others) {
    int end = 10;
    while (end < before.length && before[end - 1] != '\n') {
      end++;
    }
    byte[] header = bytes(Arrays.copyOfRange(before, Math.min(10, end), end), others);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(before, 0, Math.min(10, before.length));
    out.writeBytes(header);
    out.write(before, end, before.length - end);
    byte[] all = out.toByteArray();
    return all.length < 10 ? all : Repairs.npy(all, 10 + header.length);
  }
}
