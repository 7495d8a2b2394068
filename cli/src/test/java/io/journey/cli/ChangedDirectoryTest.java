package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of Journey's with anything in them changed: a result or a sentence, no defect. */
class ChangedDirectoryTest {
  /** What a value of any type may be replaced by. */
  private static final List<String> VALUES =
      List.of("null", "-1", "0", "2000000000", "\"sparse:2000000000\"", "[\"x\",\"y\"]", "{}");

  /** How often each file is changed. */
  private static final int CHANGES = 8;

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  @BeforeAll
  static void makeOnce() throws IOException {
    flow = TinyFlow.made(root);
  }

  private Path copy(Path from) throws IOException {
    return Snapshot.copy(from, folder.resolve(from.getFileName()));
  }

  private static String[] to(Path out, String[] command) {
    for (int i = 0; i < command.length; i++) {
      if (command[i].equals("--out")) {
        command[i + 1] = out.toString();
      }
    }
    return command;
  }

  /** Every value of every manifest becomes every other: a sentence or a result, never a defect. */
  @Test
  void valuesOfWrongTypesAndSizesAreNeverADefect() throws IOException {
    Path features = copy(flow.features());
    Path attribution = copy(flow.attribution());
    Path checkpoints = copy(flow.checkpoints());
    Path page = folder.resolve("x.html");
    replaceAll(features, () -> flow.attribute("--features", features.toString()));
    replaceAll(
        attribution,
        () -> flow.report("--attribution", attribution.toString(), "--out", page.toString()));
    String made = flow.features().toString(); // Finished: what is opened is compared with it.
    replaceAll(
        checkpoints, () -> flow.featurize("--checkpoints", checkpoints.toString(), "--out", made));
  }

  private interface Command {
    String[] words();
  }

  private void replaceAll(Path directory, Command command) throws IOException {
    Path file = directory.resolve("manifest.json");
    byte[] whole = Files.readAllBytes(file);
    int number = 0;
    for (List<String> path : leaves(Json.read(file))) {
      for (String value : VALUES) {
        Prepared.manifest(directory, manifest -> set(manifest, path, value));
        String[] words = command.words();
        if (words[0].equals("attribute")) {
          words = to(folder.resolve("out-" + number++), words);
        }
        neverADefect(words, path + " " + value);
      }
      neverADefect(new String[] {"inspect", directory.toString()}, path.toString());
    }
    Files.write(file, whole);
  }

  private static void neverADefect(String[] command, String as) {
    CommandRun run = CommandRun.of(command);
    assertThat(run.status()).as(as + "\n" + run.err()).isIn(0, 2);
    assertThat(run.err()).as(as).doesNotContain("\tat ", "Exception");
  }

  /** The ways to all values of settings and inputs, and to those of one file. */
  private static List<List<String>> leaves(ObjectNode manifest) {
    List<List<String>> paths = new ArrayList<>();
    for (String part : List.of("settings", "inputs")) {
      addLeaves(manifest.get(part), List.of(part), paths);
    }
    String first = manifest.get("files").fieldNames().next();
    addLeaves(manifest.at("/files").get(first), List.of("files", first), paths);
    paths.add(List.of("kind"));
    paths.add(List.of("settings"));
    paths.add(List.of("inputs", "checkpoints"));
    return paths;
  }

  private static void addLeaves(JsonNode node, List<String> path, List<List<String>> paths) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      List<String> below = new ArrayList<>(path);
      below.add(field.getKey());
      if (field.getValue().isObject() && !field.getKey().equals("model")) {
        addLeaves(field.getValue(), below, paths);
      } else {
        paths.add(below);
      }
    }
  }

  private static void set(ObjectNode manifest, List<String> path, String value) {
    ObjectNode at = manifest;
    for (String name : path.subList(0, path.size() - 1)) {
      at = at.get(name) instanceof ObjectNode object ? object : at.putObject(name);
    }
    byte[] text = ("{\"v\":" + value + "}").getBytes(StandardCharsets.UTF_8);
    at.set(path.get(path.size() - 1), Json.parse(text, "value").get("v"));
  }

  /** Whoever changes a file can change its checksum too: no reader trusts what is inside. */
  @Test
  void anyChangedByteUnderRightChecksumsGivesAResultOrASentence() throws IOException {
    Path features = copy(flow.features());
    Path attribution = copy(flow.attribution());
    String[] attribute = flow.attribute("--features", features.toString());
    String[] report = flow.report("--attribution", attribution.toString());
    report[report.length - 1] = folder.resolve("x.html").toString();
    int number = 0;
    for (Path directory : List.of(features, attribution)) {
      for (String name : Manifest.read(directory).names()) {
        byte[] whole = Files.readAllBytes(directory.resolve(name));
        for (int change = 0; change < CHANGES; change++) {
          RandomStream random = Seed.of(5).child(name).child(change).stream();
          Prepared.file(directory, name, changed(whole, change, random));
          String[] words = attribute;
          if (directory.equals(attribution)) {
            words = report;
          } else {
            to(folder.resolve("out-" + number++), words);
          }
          neverADefect(words, name + ", change " + change);
        }
        Prepared.file(directory, name, whole);
      }
    }
  }

  /** Cut, doubled, emptied, or with some bytes of its beginning or of any place made random. */
  private static byte[] changed(byte[] whole, int change, RandomStream random) {
    byte[] bytes = whole.clone();
    switch (change) {
      case 0 -> bytes = new byte[0];
      case 1 -> bytes = Arrays.copyOf(whole, random.nextInt(whole.length));
      case 2 -> bytes = Arrays.copyOf(whole, 2 * whole.length);
      default -> {
        int reach = change % 2 == 0 ? Math.min(200, whole.length) : whole.length;
        for (int i = 0; i < 1 + change % 5; i++) {
          bytes[random.nextInt(reach)] = (byte) random.nextInt(256);
        }
      }
    }
    return bytes;
  }
}
