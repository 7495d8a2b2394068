package io.journey.cli;

import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.DType;
import io.journey.array.NamedTensors;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointFiles;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints other programs made (tools/golden/make_checkpoints.py), as a user names them. */
class ForeignCheckpointTest {
  private static final Path GOLDEN =
      Path.of("../base/src/test/resources/golden/checkpoints").toAbsolutePath().normalize();

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    "torchscript:torchscript-unet/model.pt, model.pt",
    "training/model.pt#model, model.pt#model",
    "bin-sharded, bin-sharded",
  })
  void aForeignModelIsSampledFeaturizedAndAttributed(String spec, String member)
      throws IOException {
    boolean program = spec.startsWith("torchscript:");
    String path =
        program ? "torchscript:" + GOLDEN + "/torchscript-unet/model.pt" : GOLDEN + "/" + spec;
    TinyFlow flow = new TinyFlow(root);
    String sampled = runs(flow.sample("--checkpoint", path));
    assertThat(sampled.contains("DDPM is assumed")).isEqualTo(!program);
    runs(flow.featurize("--checkpoints", path));
    runs(flow.attribute("--checkpoints", path));
    runs(flow.report());
    assertThat(flow.features().resolve(member)).isDirectory();
    assertThat(flow.attribution().resolve("scores.npy")).exists();
  }

  @ParameterizedTest
  @CsvSource({"f32, F32, 1", "bf16, BF16, 3", "f16, F16, 3"})
  void exportGivesTheSameWeightsInTheTypeAndSizeAskedFor(String dtype, DType type, int files) {
    Path out = root.resolve("out");
    String size = files == 1 ? "1GB" : "4KB";
    runs(
        "export",
        "--checkpoint",
        GOLDEN + "/training/last.ckpt",
        "--out",
        out.toString(),
        "--dtype",
        dtype,
        "--max-shard-size",
        size);
    NamedTensors found = NamedTensors.open(CheckpointFiles.locate(out).weights());
    // Half types: what diffusers made of the same weights.
    String form = type == DType.F32 ? "reference" : type == DType.F16 ? "fp16" : "bf16";
    Path expectedFile = CheckpointFiles.locate(GOLDEN.resolve(form)).weights();
    NamedTensors expected = NamedTensors.open(expectedFile);
    assertThat(found.files()).hasSize(files);
    assertThat(found.names()).containsExactlyInAnyOrderElementsOf(expected.names());
    for (String name : expected.names()) {
      assertThat(found.dtype(name)).isEqualTo(type);
      assertThat(found.shape(name)).as(name).isEqualTo(expected.shape(name));
      assertThat(found.floats(name)).as(name).isEqualTo(expected.floats(name));
    }
    try (Checkpoint read = Checkpoint.read(out)) {
      assertThat(read.model().parameters().count()).isEqualTo(4877);
    }
  }

  @Test
  void exportTouchesNoFolderThatHoldsSomething() throws IOException {
    Files.writeString(root.resolve("precious"), "x");
    String reference = GOLDEN.resolve("reference").toString();
    String[] command = {"export", "--checkpoint", reference, "--out", root.toString()};
    Refusal.of(root, command, "not an empty directory", "name another");
    command[2] = "torchscript:" + GOLDEN + "/torchscript/model.pt";
    command[4] = root.resolve("out").toString();
    CommandRun program = CommandRun.of(command);
    assertThat(program.status()).isEqualTo(2);
    assertThat(program.err()).contains("is a program");
  }

  @Test
  void anInterruptedExportIsContinuedAndOnlyThat() throws IOException {
    Path out = root.resolve("out");
    String[] command = {
      "export", "--checkpoint", GOLDEN + "/reference", "--out", out.toString(), "--dtype", "f16"
    };
    runs(command);
    Map<String, String> whole = Snapshot.of(out);
    Path weights = CheckpointFiles.locate(out).weights();
    Files.move(weights, weights.resolveSibling(weights.getFileName() + ".tmp"));
    command[6] = "bf16";
    runs(command); // nothing that is there tells the type of what is missing
    command[6] = "f16";
    Refusal.of(root, command, "not an empty directory", "diffusion_pytorch_model.safetensors");
    Files.delete(weights);
    Files.writeString(weights.resolveSibling(weights.getFileName() + ".tmp"), "half");
    runs(command);
    runs(command);
    assertThat(Snapshot.of(out)).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--dtype f64 | f64",
        "--dtype i8 | i8",
        "--max-shard-size 0GB | 0GB;500MB",
        "--max-shard-size big | such as 500MB",
      })
  void exportRefusesSettings(String options, String said) throws IOException {
    List<String> command = new java.util.ArrayList<>(List.of("export", "--checkpoint"));
    command.addAll(List.of(GOLDEN + "/sharded", "--out", root.resolve("o").toString()));
    command.addAll(List.of(options.split(" ")));
    CommandRun run = CommandRun.of(command.toArray(String[]::new));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(said.split(";"));
    assertThat(root.resolve("o")).doesNotExist();
  }

  /** A pickle that names a class, whatever command meets it: one sentence, nothing run. */
  @Test
  void aPickleThatNamesAClassIsOneSentence() throws IOException {
    Files.copy(GOLDEN.resolve("reference/config.json"), root.resolve("config.json"));
    Path evil = Files.copy(GOLDEN.resolve("evil/system.pt"), root.resolve("evil.pt"));
    String[] said = {"evil.pt names posix.system", "nothing of it was run", "state_dict"};
    TinyFlow flow = new TinyFlow(root);
    Refusal.of(root, flow.sample("--checkpoint", evil.toString()), said);
    Refusal.of(root, flow.featurize("--checkpoints", evil.toString()), said);
    String out = root.resolve("out").toString();
    Refusal.of(root, new String[] {"export", "--checkpoint", evil.toString(), "--out", out}, said);
    CommandRun inspected = CommandRun.of("inspect", evil.toString());
    assertThat(inspected.status()).isEqualTo(2);
    assertThat(inspected.err()).contains(said);
    assertThat(Path.of("/tmp/journey-evil")).doesNotExist();
  }

  @Test
  void aProgramIsNotRunUnasked() throws IOException {
    Path program = GOLDEN.resolve("torchscript-unet/model.pt");
    for (String file : new String[] {"config.json", "model.pt"}) {
      Files.copy(program.resolveSibling(file), root.resolve(file));
    }
    Files.copy(
        GOLDEN.resolve("reference/config.json"),
        root.resolve("config.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    TinyFlow flow = new TinyFlow(root);
    Refusal.of(
        root,
        flow.sample("--checkpoint", root.resolve("model.pt").toString()),
        "model.pt is a TorchScript program",
        "torchscript:");
    assertThat(runs("inspect", root.resolve("model.pt").toString()))
        .contains("TorchScript program, not run");
  }

  @Test
  void inspectSaysWhichWeightsAreRead() {
    assertThat(runs("inspect", GOLDEN + "/training/model.pt"))
        .contains("ema, 4877 parameters, one of [model.module._orig_mod, ema]")
        .containsPattern("ema.conv_in.weight +F32 +\\[4, 1, 3, 3\\]");
    assertThat(runs("inspect", GOLDEN + "/training/model.pt#model"))
        .contains("model.module._orig_mod, 4877 parameters");
    assertThat(runs("inspect", GOLDEN + "/sharded"))
        .contains("4877 parameters", "none", "DDPM is assumed")
        .containsPattern("tensors +\\d+, 4877 numbers, 19.1 KiB");
    assertThat(runs("inspect", GOLDEN + "/bf16")).containsPattern("conv_in.bias +BF16");
    assertThat(runs("inspect", "torchscript:" + GOLDEN + "/torchscript/model.pt"))
        .contains("TorchScript program", "2×8×8", "272 parameters");
  }
}
