package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.model.Checkpoint;
import io.journey.run.Checksums;
import io.journey.run.Json;
import io.journey.run.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Directories of Journey's that were changed after it wrote them, by accident or on purpose: one
 * sentence, never a trace, another result or a file elsewhere.
 */
class PreparedDirectoryTest {
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

  /** One digit of a seed gave scores that had nothing to do with the right ones. */
  @Test
  void aSettingChangedByHandIsFoundByEveryReader() throws IOException {
    Path features = copy(flow.features());
    Path attribution = copy(flow.attribution());
    Path checkpoints = copy(flow.checkpoints());
    String[][] changes = {
      {"features", "\"seed\" : 0", "\"seed\" : 1"},
      {"features", "sparse:64", "gaussian:64"},
      {"features", "\"draws\" : 2", "\"draws\" : 3"},
      {"attribution", "\"timesteps\" : [ 100, 300 ]", "\"timesteps\" : [ 200, 400 ]"},
      {"attribution", "\"estimator\" : \"ek-fac\"", "\"estimator\" : \"journey-trak\""},
      {"checkpoints", "\"seed\" : 3", "\"seed\" : 4"},
    };
    for (String[] change : changes) {
      Path manifest = folder.resolve(change[0]).resolve("manifest.json");
      String whole = Files.readString(manifest);
      assertThat(whole).contains(change[1]);
      Files.writeString(manifest, whole.replace(change[1], change[2]));
      String[][] readers = {
        flow.attribute("--features", features.toString(), "--out", folder.resolve("x").toString()),
        flow.report("--attribution", attribution.toString(), "--out", folder + "/x.html"),
        flow.featurize(
            "--checkpoints", checkpoints.toString(), "--out", folder.resolve("y").toString()),
      };
      int reader = List.of("features", "attribution", "checkpoints").indexOf(change[0]);
      for (String[] command :
          List.of(readers[reader], new String[] {"inspect", folder + "/" + change[0]})) {
        Refusal.of(
            folder, command, change[0], "manifest.json is not as it was written", "make the dir");
      }
      Files.writeString(manifest, whole);
    }
  }

  private static byte[] npy(DType dtype, long... shape) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.writeHeader(out, dtype, shape);
    long numbers = 1;
    for (long side : shape) {
      numbers *= side;
    }
    out.write(new byte[Math.toIntExact(numbers * dtype.bytes())]);
    return out.toByteArray();
  }

  @Test
  void arraysOfOtherShapesAndEmptyTablesAreOneSentence() throws IOException {
    Path features = copy(flow.features());
    Path attribution = copy(flow.attribution());
    String[] attribute =
        flow.attribute("--features", features.toString(), "--out", folder.resolve("x").toString());
    String[] report = flow.report("--attribution", attribution.toString());
    String shard = "member-000/shard-00000.npy";
    byte[] whole = Files.readAllBytes(features.resolve(shard));
    for (long[] shape :
        new long[][] {{0}, {}, {24}, {24, 0}, {0, 64}, {24, 63}, {23, 64}, {1, 24, 64}}) {
      Prepared.file(features, shard, npy(DType.F16, shape));
      Refusal.of(folder, attribute, "features", "again");
    }
    Prepared.file(features, shard, npy(DType.I64, 24, 64));
    Refusal.of(folder, attribute, shard, "I64", "expected floating-point numbers");
    Prepared.file(features, shard, whole);
    for (String table : new String[] {"", "index,id,label,class\n", "\n\n", "a\nb\n", "\u0000"}) {
      byte[] text = table.getBytes(StandardCharsets.UTF_8);
      Prepared.file(features, "examples.csv", text);
      Refusal.of(folder, attribute, "features", "again");
      Prepared.file(attribution, "examples.csv", text);
      Refusal.of(folder, report, "attribution", "again");
    }
    Prepared.file(features, "examples.csv", new byte[] {(byte) 0xff, (byte) 0xfe});
    Refusal.of(folder, attribute, "examples.csv", "not text in UTF-8");
    Prepared.file(
        attribution, "examples.csv", Files.readAllBytes(flow.features().resolve("examples.csv")));
    byte[] scores = Files.readAllBytes(attribution.resolve("scores.npy"));
    for (long[] shape : new long[][] {{0}, {2, 0, 24}, {2, 24}, {0, 2, 24}, {2, 2, 0}}) {
      Prepared.file(attribution, "scores.npy", npy(DType.F32, shape));
      Refusal.of(folder, report, "attribution", "again");
    }
    Prepared.file(attribution, "scores.npy", scores);
    for (String table :
        new String[] {"", "checkpoint,step,loss\nx\n", "checkpoint,step,loss\na,b,c\n"}) {
      Prepared.file(attribution, "loss.csv", table.getBytes(StandardCharsets.UTF_8));
      CommandRun run = CommandRun.of(report);
      assertThat(run.status()).as(run.err()).isIn(0, 2);
    }
  }

  /** Makes a finished directory one that was begun; returns its settings. */
  private static ObjectNode unfinished(Path directory) throws IOException {
    ObjectNode header = Json.read(directory.resolve("manifest.json"));
    header.remove(List.of("files", "data", "parts", "sha256"));
    Files.delete(directory.resolve("manifest.json"));
    Files.write(directory.resolve("settings.json"), Json.bytes(header));
    return header;
  }

  /** An interrupted run is continued from it. */
  @Test
  void anEmptyTableOfStepsIsOneSentence() throws IOException {
    Path features = copy(flow.features());
    unfinished(features);
    try (Stream<Path> fitted = Files.list(features.resolve("preconditioner"))) {
      for (Path file : fitted.toList()) {
        Files.delete(file);
      }
    }
    Path importance = features.resolve("timestep-importance");
    ObjectNode header = unfinished(importance);
    for (String table :
        new String[] {"", "timestep,spread\n", "timestep,spread\n5,1\n5,1\n", "a\n1,-1\n"}) {
      Files.deleteIfExists(importance.resolve("manifest.json"));
      Files.write(importance.resolve("settings.json"), Json.bytes(header));
      byte[] text = table.getBytes(StandardCharsets.UTF_8);
      Files.write(importance.resolve("member-000.csv"), text);
      StringBuilder journal = new StringBuilder();
      for (String name : new String[] {"member-000.csv", "member-001.csv"}) {
        ObjectNode line = Json.object().put("file", name);
        line.put("bytes", Files.size(importance.resolve(name)));
        line.put("sha256", Checksums.of(importance.resolve(name)));
        journal.append(line).append('\n');
      }
      Files.writeString(importance.resolve("journal.jsonl"), journal);
      CommandRun run = CommandRun.of(flow.featurize("--out", features.toString()));
      assertThat(run.status()).as(run.err()).isEqualTo(2);
      assertThat(Refusal.sentences(run))
          .singleElement()
          .asString()
          .contains("timestep-importance/member-000.csv", "featurize anew")
          .doesNotContain("Exception", "defect");
    }
  }

  /** The stages before features stand in folders of theirs; each is needed, and none other. */
  @Test
  void featuresWithoutTheirPartAreRefused() throws IOException {
    Path features = copy(flow.features());
    String[] attribute =
        flow.attribute(
            "--features", features.toString(), "--out", folder.resolve("new").toString());
    Path fitted = features.resolve("preconditioner");
    Files.move(fitted, folder.resolve("away"));
    Refusal.of(folder, attribute, "lacks its part preconditioner", "make the directory again");
    Refusal.of(
        folder,
        flow.featurize("--out", features.toString()),
        "lacks its part preconditioner",
        "make the directory again");
    Files.move(features.resolve("timestep-importance"), fitted);
    Refusal.of(folder, attribute, "lacks its part timestep-importance");
  }

  /** What a kill leaves is continued with the fitted numbers that its rows were made with. */
  @Test
  void aDamagedPreconditionerIsNeitherUsedNorCalledWhole() throws IOException {
    Path features = copy(flow.features());
    Path fitted = features.resolve("preconditioner/member-000.safetensors");
    byte[] bytes = Files.readAllBytes(fitted);
    bytes[bytes.length - 3] ^= 1;
    Files.write(fitted, bytes);
    CommandRun whole = CommandRun.of("inspect", features.toString(), "--verify");
    assertThat(whole.status()).isEqualTo(2);
    assertThat(whole.err()).contains("member-000.safetensors is damaged");
    unfinished(features);
    CommandRun run = CommandRun.of(flow.featurize("--out", features.toString()));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("member-000.safetensors is damaged");
  }

  @Test
  void aTargetFileChangedInOneBitIsRefused() throws IOException {
    Path file = folder.resolve("targets.safetensors");
    byte[] whole = Files.readAllBytes(flow.targets());
    Safetensors tensors = Safetensors.open(flow.targets());
    String[] attribute =
        flow.attribute("--target", file.toString(), "--out", folder.resolve("x").toString());
    String header = new String(whole, 8, 4000, StandardCharsets.ISO_8859_1);
    int seeds = 8 + header.indexOf("\"seeds\":\"") + 9;
    for (long at :
        new long[] {
          seeds, tensors.entry("xt").begin(), tensors.entry("x0").begin() + 1, whole.length - 4
        }) {
      byte[] changed = whole.clone();
      changed[(int) at] ^= 1;
      Files.write(file, changed);
      Refusal.of(
          folder, attribute, "targets.safetensors is not as it was written", "sample it again");
    }
    String without =
        new String(whole, StandardCharsets.ISO_8859_1).replace("\"sha256\"", "\"sha257\"");
    Files.write(file, without.getBytes(StandardCharsets.ISO_8859_1));
    Refusal.of(folder, attribute, "has no sha256 of itself", "sample it again");
    assertThat(Prepared.sealed(whole)).as("as the page says").isEqualTo(whole);
    String[] verify = {"inspect", "--verify", flow.targets().toString()};
    assertThat(CommandRun.of(verify).out()).containsPattern("verified +the file is as written");
    whole[whole.length - 4] ^= 1;
    Files.write(file, whole);
    verify[2] = file.toString();
    assertThat(CommandRun.of(verify).err()).contains("is not as it was written");
  }

  /** Named directly, a checkpoint is compared with the manifest above it all the same. */
  @Test
  void weightsNamedDirectlyAreComparedWithTheManifestAbove() throws IOException {
    Path checkpoints = copy(flow.checkpoints());
    Path member = checkpoints.resolve("member-000");
    String out = folder.resolve("x.safetensors").toString();
    for (String name :
        new String[] {
          "unet/" + Checkpoint.WEIGHTS, "unet/config.json", "scheduler/scheduler_config.json"
        }) {
      byte[] whole = Files.readAllBytes(member.resolve(name));
      byte[] changed = whole.clone();
      if (name.endsWith(".json")) {
        changed =
            (new String(whole, StandardCharsets.UTF_8) + " ").getBytes(StandardCharsets.UTF_8);
      } else {
        changed[changed.length - 3] ^= 1;
      }
      Files.write(member.resolve(name), changed);
      for (Path named :
          List.of(member, member.resolve("unet"), member.resolve("unet/" + Checkpoint.WEIGHTS))) {
        Refusal.of(
            folder,
            flow.sample("--checkpoint", named.toString(), "--out", out),
            name + " is damaged",
            "make the directory again");
      }
      Files.write(member.resolve(name), whole);
    }
    Path added = Files.createDirectories(member.resolve("unet_ema"));
    Files.copy(member.resolve("unet/config.json"), added.resolve("config.json"));
    Files.copy(member.resolve("unet/" + Checkpoint.WEIGHTS), added.resolve(Checkpoint.WEIGHTS));
    Refusal.of(
        folder,
        flow.sample("--checkpoint", added.toString(), "--out", out),
        "unet_ema",
        "none of the files that the manifest",
        "move it elsewhere");
    assertThat(CommandRun.of(flow.sample("--checkpoint", member.toString(), "--out", out)).status())
        .as("with what belongs there")
        .isZero();
  }

  /** Reached by drawing again: the parts of a finished file are thrown away. */
  @Test
  void preparedPartsOfADrawingDeleteNothing() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious.txt"), "precious");
    Path file = folder.resolve("targets.safetensors");
    Path parts = folder.resolve("targets.safetensors.parts");
    String[] sample = flow.sample("--out", file.toString());
    assertThat(CommandRun.of(sample).status()).isZero();
    Consumer<String> prepare =
        name -> {
          try {
            Files.createDirectories(parts);
            Files.writeString(parts.resolve("settings.json"), settings());
            Files.writeString(
                parts.resolve("journal.jsonl"),
                Json.object().put("file", name).put("bytes", 8).put("sha256", "x") + "\n");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    for (String name : new String[] {"../precious.txt", precious.toAbsolutePath().toString()}) {
      prepare.accept(name);
      Refusal.of(folder, sample, "journal.jsonl", "leads out of", "again");
      assertThat(precious).hasContent("precious");
    }
    Path elsewhere = Files.move(parts, folder.resolve("elsewhere"));
    Files.delete(elsewhere.resolve("journal.jsonl"));
    Files.createSymbolicLink(parts, elsewhere);
    Refusal.of(folder, sample, "targets.safetensors.parts is a link", "copy");
    assertThat(elsewhere.resolve("settings.json")).exists();
  }

  /** What a drawing with these options begins with. */
  private String settings() throws IOException {
    Path begun = folder.resolve("begun.safetensors");
    Path own = folder.resolve("begun.safetensors.parts");
    // A folder in the place of its second part stops it after the first.
    Files.createDirectories(own.resolve("000001.safetensors/x"));
    CommandRun.of(flow.sample("--out", begun.toString(), "--threads", "1"));
    return Files.readString(own.resolve("settings.json"));
  }

  @Test
  void linksInsideRunDirectoriesAreNotFollowed() throws IOException {
    Path features = copy(flow.features());
    Path attribution = copy(flow.attribution());
    Path checkpoints = copy(flow.checkpoints());
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    String out = folder.resolve("x").toString();
    String[][] cases = {
      {"features/examples.csv"}, {"features/member-000"}, {"attribution/scores.npy"},
      {"attribution/manifest.json"}, {"checkpoints/member-000"}, {"checkpoints/member-000/unet"},
    };
    for (String[] one : cases) {
      Path file = folder.resolve(one[0]);
      Path kept = elsewhere.resolve("kept");
      Files.move(file, kept);
      Files.createSymbolicLink(file, kept);
      Path directory = folder.resolve(folder.relativize(file).getName(0));
      String[] reader =
          switch (directory.getFileName().toString()) {
            case "features" -> flow.attribute("--features", features.toString(), "--out", out);
            case "attribution" -> flow.report("--attribution", attribution.toString());
            default -> flow.featurize("--checkpoints", checkpoints.toString(), "--out", out);
          };
      for (String[] command :
          List.of(reader, new String[] {"inspect", directory.toString(), "--verify"})) {
        CommandRun run = CommandRun.of(command);
        assertThat(run.status()).as(one[0] + run.err()).isEqualTo(2);
        assertThat(run.err()).as(one[0]).contains(file + " is a link");
      }
      Files.delete(file);
      Files.move(kept, file);
    }
  }
}
