package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.journey.array.Safetensors;
import io.journey.model.Checkpoint;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories and files of other runs, damaged, foreign or busy: one sentence, nothing touched. */
class BadDirectoryTest {
  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;
  private static Path otherCheckpoints;

  @BeforeAll
  static void makeOnce() throws IOException {
    flow = TinyFlow.made(root);
    otherCheckpoints = root.resolve("other");
    String[] train =
        flow.train("--seed", "4", "--training-steps", "2", "--out", otherCheckpoints.toString());
    assertThat(CommandRun.of(train).status()).isZero();
  }

  private static String in(String name) {
    return root.resolve(name).toString();
  }

  @Test
  void aFinishedRunRefusesOtherSettings() throws IOException {
    String remedy = "match it or name a new directory";
    Refusal.of(root, flow.train("--seed", "9"), "checkpoints", "seed 3", "asks for 9", remedy);
    Refusal.of(
        root, flow.train("--training-steps", "9"), "training.steps 12", "asks for 9", remedy);
    Refusal.of(root, flow.featurize("--draws", "3"), "draws 2", "asks for 3", remedy);
    Refusal.of(
        root, flow.featurize("--projection", "none"), "projection", "sparse:64", "none", remedy);
    Refusal.of(root, flow.attribute("--draws", "3"), "draws 2", "asks for 3", remedy);
    Refusal.of(root, flow.attribute("--timesteps", "100"), "steps [100,300]", "[100]", remedy);
    Refusal.of(root, flow.attribute("--mask", "0,0,4,4"), "mask null", "0,0,4,4", remedy);
    Refusal.of(root, flow.sample("--seed", "5"), "targets", "seed 0", "asks for 5", "new file");
    Refusal.of(root, flow.sample("--count", "3"), "2 images", "asks for 3", "new file");
    Refusal.of(
        root, flow.sample("--inference-steps", "5"), "10 inference steps", "asks for 5", "new");
    Refusal.of(root, flow.sample("--scheduler", "ddim"), "DDPMScheduler", "DDIMScheduler", "new");
    Refusal.of(root, flow.sample("--spacing", "trailing"), "leading", "trailing", "new file");
  }

  @Test
  void aFinishedRunRefusesOtherInputs() throws IOException {
    String remedy = "match it or name a new directory";
    String fewer = TinyFlow.DATA.replace("24", "23");
    Refusal.of(root, flow.train("--data", fewer), "checkpoints", "inputs.data", remedy);
    Refusal.of(root, flow.featurize("--data", fewer), "features", "inputs.data", remedy);
    Refusal.of(
        root,
        flow.featurize("--checkpoints", otherCheckpoints.toString()),
        "inputs.checkpoints.member-000",
        remedy);
    Refusal.of(root, flow.report("--data", fewer), "attribution", "name the data it was made from");
  }

  @Test
  void featuresOfOtherDataThanTheTrainingDataAreRefused() throws IOException {
    String fewer = TinyFlow.DATA.replace("24", "23");
    String features = in("features-of-fewer");
    CommandRun made = CommandRun.of(flow.featurize("--data", fewer, "--out", features));
    assertThat(made.status()).as(made.err()).isZero();
    Refusal.of(
        root,
        flow.attribute("--features", features, "--out", in("new")),
        "were trained on",
        "featurize the training data");
  }

  @Test
  void featuresOfOtherCheckpointsAreRefused() throws IOException {
    for (String out : new String[] {in("attribution"), in("new")}) {
      Refusal.of(
          root,
          flow.attribute("--checkpoints", otherCheckpoints.toString(), "--out", out),
          "member-000",
          "were made with the checkpoint",
          "other has",
          "featurize with these checkpoints");
    }
    Refusal.of(
        root,
        flow.attribute("--checkpoints", otherCheckpoints.resolve("member-000").toString()),
        "[member-000, member-001]",
        "[member-000]",
        "featurize with these checkpoints");
    assertThat(root.resolve("new")).doesNotExist();
  }

  @Test
  void aDirectoryOfAnotherKindIsRefused() throws IOException {
    Refusal.of(
        root, flow.attribute("--features", in("checkpoints")), "holds checkpoints", "features");
    Refusal.of(
        root, flow.attribute("--checkpoints", in("features")), "holds features", "checkpoints");
    Refusal.of(root, flow.report("--attribution", in("features")), "holds features", "attribution");
    Refusal.of(root, flow.featurize("--out", in("checkpoints")), "kind \"checkpoints\"", "new");
    Refusal.of(root, flow.attribute("--features", in("none")), "no directory", "none", "check");
  }

  @Test
  void anUnfinishedDirectoryIsRefused() throws IOException {
    Path copy = Snapshot.copy(flow.features(), folder.resolve("features"));
    Files.move(copy.resolve("manifest.json"), copy.resolve("settings.json"));
    Refusal.of(
        root,
        flow.attribute("--features", copy.toString()),
        "features",
        "not finished",
        "continue");
    Refusal.of(root, flow.report("--attribution", copy.toString()), "not finished", "continue");
  }

  @Test
  void aTargetOfAnotherModelIsRefused() throws IOException {
    Path target = folder.resolve("strange.safetensors");
    String member = otherCheckpoints.resolve("member-001").toString();
    String[] sample = flow.sample("--checkpoint", member, "--out", target.toString());
    assertThat(CommandRun.of(sample).status()).isZero();
    for (String out : new String[] {in("attribution"), in("new")}) {
      Refusal.of(
          root,
          flow.attribute("--target", target.toString(), "--out", out),
          "sampled from the checkpoint",
          "only of 2 checkpoints",
          "sample it with one of these");
    }
    Refusal.of(root, flow.sample("--checkpoint", member), "another model's samples", "new file");
    assertThat(root.resolve("new")).doesNotExist();
  }

  @Test
  void aFileThatHoldsNoTrajectoriesIsRefused() throws IOException {
    String weights = flow.member().resolve("unet").resolve(Checkpoint.WEIGHTS).toString();
    Refusal.of(root, flow.attribute("--target", weights), weights, "no trajectories", "sample");
    Refusal.of(root, flow.sample("--out", weights), weights, "no trajectories", "sample");
    Refusal.of(root, flow.attribute("--target", in("none")), "none", "no such file", "check");
    Refusal.of(root, flow.attribute("--target", in("features")), "features", "directory");
    String text = flow.config().toString();
    Refusal.of(root, flow.attribute("--target", text), text, "a JSON file", "journey sample");
    byte[] whole = Files.readAllBytes(flow.targets());
    Path part = folder.resolve("part.safetensors");
    Files.write(part, Arrays.copyOf(whole, whole.length - 5));
    Refusal.of(root, flow.attribute("--target", part.toString()), "part", "not a whole", "again");
  }

  @Test
  void aTrajectoryOfStepsOrNumbersThatCannotBeIsRefused() throws IOException {
    Path file = folder.resolve("wrong.safetensors");
    String[] attribute = flow.attribute("--target", file.toString());
    changed(file, "timesteps", new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
    Refusal.of(root, attribute, "wrong.safetensors", "steps [-1, 800", "falling", "sample");
    changed(file, "xt", new byte[] {0, 0, (byte) 0xc0, 0x7f});
    Refusal.of(
        root,
        flow.attribute("--target", file.toString(), "--timesteps", "900"),
        "wrong.safetensors",
        "NaN in xt",
        "sample it again");
    changed(file, "timesteps", new byte[] {(byte) 0x88, 0x13, 0, 0, 0, 0, 0, 0});
    Refusal.of(
        root,
        flow.attribute("--target", file.toString(), "--timesteps", "5000"),
        "below 1000",
        "step 5000",
        "sample it again");
  }

  private static void changed(Path file, String tensor, byte[] start) throws IOException {
    byte[] bytes = Files.readAllBytes(flow.targets());
    long begin = Safetensors.open(flow.targets()).entry(tensor).begin();
    System.arraycopy(start, 0, bytes, (int) begin, start.length);
    Files.write(file, Prepared.sealed(bytes));
  }

  @Test
  void anOutputDirectoryOfSomethingElseIsRefused() throws IOException {
    Path photos = Files.createDirectories(root.resolve("photos"));
    Files.writeString(photos.resolve("letter.txt"), "mine");
    String file = flow.config().toString();
    for (String[] stage : new String[][] {flow.train(), flow.featurize(), flow.attribute()}) {
      int out = Arrays.asList(stage).indexOf("--out") + 1;
      stage[out] = photos.toString();
      Refusal.of(root, stage, "photos", "letter.txt", "name a new or empty directory");
      stage[out] = file;
      Refusal.of(root, stage, file, "is in the way", "name");
      stage[out] = file + "/below";
      Refusal.of(root, stage, "below", "tiny.json", "name");
    }
    Refusal.of(root, flow.sample("--out", photos.toString()), "photos", "directory", "name a file");
    Refusal.of(root, flow.report("--out", photos.toString()), "photos", "directory", "name a file");
    Refusal.of(root, flow.report("--out", file + "/page.html"), "page.html", "tiny.json", "name");
  }

  @Test
  void aDamagedFileIsFoundByItsChecksum() throws IOException {
    Path features = Snapshot.copy(flow.features(), folder.resolve("features"));
    flip(features.resolve("member-001/shard-00000.npy"));
    Refusal.of(
        root,
        flow.attribute("--features", features.toString(), "--out", in("new")),
        "member-001/shard-00000.npy is damaged",
        "SHA-256",
        "again");
    assertThat(root.resolve("new")).doesNotExist();
    Path attribution = Snapshot.copy(flow.attribution(), folder.resolve("attribution"));
    flip(attribution.resolve("scores.npy"));
    Refusal.of(
        root,
        flow.report("--attribution", attribution.toString()),
        "scores.npy is damaged",
        "again");
    flip(features.resolve("manifest.json"));
    Refusal.of(
        root, flow.attribute("--features", features.toString()), "manifest.json", "not valid JSON");
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aDirectoryAnotherRunIsWritingIsRefused() throws IOException {
    Path busy = root.resolve("busy");
    try (RunDirectory run = RunDirectory.claim(busy, "test", Json.object(), Json.object())) {
      String remedy = "wait for it, or name a new directory";
      for (String[] stage :
          new String[][] {
            flow.train("--out", busy.toString()),
            flow.featurize("--out", busy.toString()),
            flow.attribute("--out", busy.toString())
          }) {
        Refusal.of(root, stage, run.directory().toString(), "another run", remedy);
      }
    }
  }

  @Test
  void aFullDiskIsOneSentenceAndOneMoreStartFinishes() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && sh("mount", "-t", "tmpfs", "-o", "size=40k", "none", disk.toString()) == 0,
        "a small disk can only be mounted by root on Linux");
    try {
      String out = disk.resolve("checkpoints").toString();
      CommandRun full = CommandRun.of(flow.train("--out", out));
      assertThat(full.status()).as(full.err()).isEqualTo(2);
      assertThat(Refusal.sentences(full))
          .singleElement()
          .asString()
          .contains("the disk is full", "free some space");
      Map<String, String> left = Snapshot.of(disk);
      assertThat(left.keySet()).noneMatch(name -> name.contains("manifest.json"));
      assertThat(Snapshot.of(flow.checkpoints()).values())
          .as("whole files alone")
          .containsAll(
              left.entrySet().stream()
                  .filter(file -> file.getKey().contains("member"))
                  .map(Map.Entry::getValue)
                  .toList());
      assertThat(sh("mount", "-o", "remount,size=4m", disk.toString())).isZero();
      assertThat(CommandRun.of(flow.train("--out", out)).status()).isZero();
      assertThat(Snapshot.withoutTimes(Path.of(out)))
          .isEqualTo(Snapshot.withoutTimes(flow.checkpoints()));
    } finally {
      sh("umount", disk.toString());
    }
  }

  private static int sh(String... command) throws IOException, InterruptedException {
    try (OutputStream nothing = OutputStream.nullOutputStream()) {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().transferTo(nothing);
      return process.waitFor();
    }
  }
}
