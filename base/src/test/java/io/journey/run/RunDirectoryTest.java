package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  private static final int UNITS = 5;

  @TempDir Path folder;

  private static ObjectNode settings(int draws) {
    ObjectNode settings = Json.object().put("seed", 7L).put("damping", 0.1);
    settings.putObject("loss").put("draws", draws);
    return settings;
  }

  private static RunDirectory claim(Path directory) {
    return RunDirectory.claim(
        directory, "features", settings(20), Json.object().put("dataset", "abc"));
  }

  private static void writeUnit(RunDirectory run, int unit) {
    byte[] bytes = new byte[1000 + unit];
    Arrays.fill(bytes, (byte) unit);
    run.write("part-" + unit + ".bin", out -> out.write(bytes));
  }

  @Test
  void aRunThatWroteNothingBindsNoLaterRunToItsSettings() {
    claim(folder).close();
    RunDirectory.claim(folder, "scores", Json.object(), Json.object()).close();
    work(folder, 1);
    assertThatThrownBy(() -> RunDirectory.claim(folder, "scores", Json.object(), Json.object()))
        .hasMessageContaining("was begun with kind");
  }

  private RunDirectory claimOn(String device) {
    ObjectNode inputs = Json.object().put("dataset", "abc");
    return RunDirectory.claim(folder, "features", 1, settings(20), inputs, device);
  }

  /** Another device would round otherwise; what is finished belongs to all. */
  @Test
  void whatIsUnfinishedIsContinuedOnItsDeviceAlone() {
    try (RunDirectory run = claimOn("cuda A")) {
      writeUnit(run, 0);
    }
    assertThatThrownBy(() -> claimOn(null))
        .hasMessageContaining("was begun on cuda A, this run computes on the processor");
    assertThatThrownBy(() -> claimOn("cuda A, tf32"))
        .hasMessageContaining("was begun on cuda A, this run computes on cuda A, tf32");
    try (RunDirectory run = claimOn("cuda A")) {
      assertThat(run.has("part-0.bin")).isTrue();
      run.finish(Json.object());
    }
    assertThat(Manifest.read(folder).device()).isEqualTo("cuda A");
    for (String device : new String[] {null, "cuda B"}) {
      try (RunDirectory run = claimOn(device)) {
        assertThat(run.isFinished()).isTrue();
      }
      assertThat(Manifest.read(folder).device()).isEqualTo("cuda A");
    }
  }

  private RunDirectory grow(int count, String device) {
    return RunDirectory.claimGrowing(
        folder,
        "checkpoints",
        1,
        "count",
        count,
        units -> settings(20).put("count", units),
        units -> Json.object(),
        device);
  }

  @Test
  void whatGrowsIsContinuedOnItsDeviceAlone() {
    try (RunDirectory run = grow(1, null)) {
      writeUnit(run, 0);
      run.finish(Json.object());
    }
    assertThat(Manifest.read(folder).device()).isNull();
    grow(1, "cuda A").close();
    assertThatThrownBy(() -> grow(2, "cuda A"))
        .hasMessageContaining("was begun on the processor, this run computes on cuda A");
    try (RunDirectory run = grow(2, null)) {
      assertThat(run.isFinished()).isFalse();
    }
  }

  @Test
  void whatWasFinishedStaysUntilTheLargerRunIs() throws IOException {
    try (RunDirectory run = grow(1, null)) {
      writeUnit(run, 0);
      run.write("all.bin", out -> out.write(1));
      run.finish(Json.object());
    }
    try (RunDirectory run = grow(2, null)) {
      writeUnit(run, 1);
      run.write("all.bin", out -> out.write(2));
    } // Killed.
    assertThat(Manifest.read(folder).verified("all.bin")).hasBinaryContent(new byte[] {1});
    try (RunDirectory run = grow(1, null)) {
      assertThat(run.isFinished()).isTrue();
    }
    try (RunDirectory run = grow(2, null)) {
      assertThat(run.has("all.bin")).isTrue();
      run.write("all.bin", out -> out.write(3));
      writeUnit(run, 1);
      run.finish(Json.object());
    }
    assertThat(Manifest.read(folder).verified("all.bin")).hasBinaryContent(new byte[] {3});
    assertThat(folder.resolve("all.bin.next")).doesNotExist();
    Files.delete(folder.resolve("all.bin"));
    try (RunDirectory run = grow(3, null)) {
      run.write("all.bin", out -> out.write(4));
      assertThat(run.path("all.bin")).as("of what is lost nothing stays").exists();
    }
  }

  /** A task that another process does, or two after one another. */
  @Test
  void whatATaskWritesElsewhereIsItsOwnUntilItIsTakenOver() throws IOException {
    try (RunDirectory run = claim(folder)) {
      StageFiles there = run.elsewhere("result.bin");
      there.write("half.bin", out -> out.write(1));
      assertThat(there.has("half.bin")).isTrue();
      assertThat(run.elsewhere("other.bin").has("half.bin")).isFalse();
      assertThat(run.has("half.bin")).isFalse();
      there.write("half.bin", out -> out.write(2));
      StageFiles again = run.elsewhere("result.bin"); // The first process has died.
      assertThat(again.has("half.bin")).isTrue();
      again.write("result.bin", out -> out.write(3));
      run.takeOver("result.bin");
      assertThat(run.has("half.bin")).isTrue();
      assertThat(run.has("result.bin")).isTrue();
      assertThat(Journal.ofTasks(folder)).isEmpty();
      run.takeOver("result.bin"); // Nothing more is there to be taken over.
      run.finish(Json.object());
    }
    assertThat(Manifest.read(folder).names()).contains("half.bin", "result.bin");
  }

  @Test
  void whatWasWrittenElsewhereIsKeptWhenTheSenderDies() throws IOException {
    try (RunDirectory run = claim(folder)) {
      run.elsewhere("a.bin").write("a.bin", out -> out.write(1));
      run.elsewhere("b.bin").write("b.bin", out -> out.write(2));
    }
    Files.write(folder.resolve("b.bin"), new byte[] {9}); // Damaged since.
    try (RunDirectory run = claim(folder)) {
      assertThat(run.has("a.bin")).isTrue();
      assertThat(run.has("b.bin")).isFalse();
      assertThat(Journal.ofTasks(folder)).isEmpty();
    }
    try (RunDirectory run = claim(folder)) {
      assertThat(run.has("a.bin")).isTrue();
    }
  }

  /** A check that reads its own units again must not make them again, nor begin a journal. */
  @Test
  void whatIsFinishedHasItsFilesWhenItIsClaimedAgain() throws IOException {
    work(folder, UNITS);
    Map<String, String> before = contents(folder);
    try (RunDirectory again = claim(folder)) {
      assertThat(again.isFinished()).isTrue();
      for (String name : Manifest.read(folder).names()) {
        assertThat(again.has(name)).as(name).isTrue();
      }
    }
    assertThat(contents(folder)).isEqualTo(before);
  }

  /** Such as a model that is trained inside a check and fails before its first step. */
  @Test
  void aRunThatFailsWithinAnotherBeforeAnyFileLeavesBothToBeginAgain() throws IOException {
    for (int again = 0; again < 2; again++) {
      try (RunDirectory outer = claim(folder);
          RunDirectory inner = claim(outer.path("models/first"))) {
        assertThat(inner.isFinished()).isFalse();
      }
    }
    Files.createDirectories(folder.resolve("photos"));
    Files.writeString(folder.resolve("photos/cat.png"), "a cat");
    assertThatThrownBy(() -> claim(folder)).hasMessageContaining("already holds photos");
  }

  /** Runs made before a description was written, or with another, stay what they are. */
  @Test
  void whatIsToldOfTheDataChangesNeitherClaimNorFingerprint(@TempDir Path other) {
    for (Path directory : new Path[] {folder, other}) {
      try (RunDirectory run = claim(directory)) {
        writeUnit(run, 0);
        if (directory.equals(other)) {
          run.describeData(Json.object().put("transformations", "size=8"));
        }
        run.finish(Json.object());
      }
    }
    try (RunDirectory again = claim(other)) {
      assertThat(again.isFinished()).isTrue();
    }
    assertThat(Manifest.read(other).data().get("transformations").asText()).isEqualTo("size=8");
    assertThat(Manifest.read(folder).data()).isEmpty();
    assertThat(Manifest.read(other).fingerprint()).isEqualTo(Manifest.read(folder).fingerprint());
  }

  /** What a stage does: the units that are not there yet, at most {@code limit}, then the end. */
  static int work(Path directory, int limit) {
    int made = 0;
    try (RunDirectory run = claim(directory)) {
      for (int unit = 0; unit < UNITS && !run.isFinished(); unit++) {
        if (made == limit) {
          return made; // As a kill would leave it.
        }
        if (!run.has("part-" + unit + ".bin")) {
          writeUnit(run, unit);
          made++;
        }
      }
      if (!run.isFinished()) {
        run.finish(Json.object().put("images_per_second", 3.5));
      }
    }
    return made;
  }

  /** Content of every file but the timing, which may differ, by name. */
  private static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("timing.json")) {
          contents.put(file.getFileName().toString(), Checksums.of(file));
        }
      }
    }
    return contents;
  }

  @Test
  void aFinishedDirectoryHoldsManifestTimingAndFilesAlone() throws IOException {
    assertThat(work(folder, UNITS)).isEqualTo(UNITS);
    assertThat(contents(folder))
        .containsOnlyKeys(
            ".lock",
            "manifest.json",
            "part-0.bin",
            "part-1.bin",
            "part-2.bin",
            "part-3.bin",
            "part-4.bin");
    ObjectNode timing = Json.read(folder.resolve("timing.json"));
    assertThat(timing.get("images_per_second").asDouble()).isEqualTo(3.5);
    assertThat(timing.get("resumed").asBoolean()).isFalse();
  }

  @Test
  void resumingAfterAnInterruptionGivesTheSameBytes() throws IOException {
    Path whole = folder.resolve("whole");
    Path torn = folder.resolve("torn");
    work(whole, UNITS);
    assertThat(work(torn, 2)).isEqualTo(2);
    // What a kill leaves: half a file, half a line of the journal.
    Files.write(torn.resolve("part-2.bin.tmp"), new byte[77]);
    Files.writeString(
        torn.resolve("journal.jsonl"), "{\"file\":\"part-2.bin\",\"by", StandardOpenOption.APPEND);
    assertThat(work(torn, UNITS)).as("only what is missing is made").isEqualTo(UNITS - 2);
    assertThat(contents(torn)).isEqualTo(contents(whole));
    assertThat(Json.read(torn.resolve("timing.json")).get("resumed").asBoolean()).isTrue();
    assertThat(Manifest.read(torn).fingerprint()).isEqualTo(Manifest.read(whole).fingerprint());
  }

  @Test
  void aFileCutShortOrLostIsMadeAgain() throws IOException {
    work(folder, 3);
    Files.write(folder.resolve("part-0.bin"), new byte[10]);
    Files.delete(folder.resolve("part-1.bin"));
    assertThat(work(folder, UNITS)).isEqualTo(4);
    for (String name : Manifest.read(folder).names()) {
      Manifest.read(folder).verified(name);
    }
  }

  @Test
  void aJournalOfNoiseCostsWorkButIsNoError() throws IOException {
    work(folder, 2);
    Files.write(folder.resolve("journal.jsonl"), new byte[] {(byte) 0xFF, 0, '\n', '{', '}', '['});
    assertThat(work(folder, UNITS)).isEqualTo(UNITS);
  }

  /** A run whose parts are put together elsewhere ends with this: it must not delete at will. */
  @Test
  void aPreparedJournalDeletesAndListsNothingOutside(@TempDir Path elsewhere) throws IOException {
    Path precious = Files.writeString(elsewhere.resolve("precious.txt"), "precious");
    String relative = folder.toAbsolutePath().relativize(precious.toAbsolutePath()).toString();
    work(folder, 2);
    Path journal = folder.resolve("journal.jsonl");
    String whole = Files.readString(journal);
    for (String name :
        new String[] {relative, precious.toAbsolutePath().toString(), "..", "a/../b"}) {
      ObjectNode line = Json.object().put("file", name).put("bytes", 8).put("sha256", "x");
      Files.writeString(journal, whole + line + "\n");
      assertThatThrownBy(() -> claim(folder).discard())
          .as(name)
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("journal.jsonl")
          .hasMessageContaining("leads out of " + folder);
      assertThatThrownBy(() -> RunStatus.of(folder)).hasMessageContaining("leads out of " + folder);
      assertThat(precious).hasContent("precious");
    }
    Files.writeString(journal, whole);
    try (RunDirectory run = claim(folder)) {
      run.discard();
    }
    assertThat(folder).doesNotExist();
  }

  @Test
  void nothingIsWrittenDeletedOrReadThroughALink(@TempDir Path elsewhere) throws IOException {
    Path precious = Files.writeString(elsewhere.resolve("precious.txt"), "precious");
    work(folder, 2);
    for (String name :
        new String[] {"journal.jsonl", "settings.json", ".lock", "part-0.bin", "part-2.bin.tmp"}) {
      Path file = folder.resolve(name);
      Path kept = elsewhere.resolve("kept");
      Files.deleteIfExists(kept);
      if (Files.exists(file)) {
        Files.move(file, kept);
      }
      Files.createSymbolicLink(file, precious);
      assertThatThrownBy(() -> work(folder, UNITS))
          .as(name)
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining(name + " is a link");
      assertThat(precious).as(name).hasContent("precious");
      Files.delete(file);
      if (Files.exists(kept)) {
        Files.move(kept, file);
      }
    }
    assertThat(work(folder, UNITS)).as("all as it was").isEqualTo(UNITS - 2);
  }

  /** Such as a folder of models below a check. */
  @Test
  void aPartOfTheWorkIsNotDoneElsewhere(@TempDir Path elsewhere) throws IOException {
    try (RunDirectory run = claim(folder)) {
      Files.createSymbolicLink(folder.resolve("models"), elsewhere);
      assertThatThrownBy(() -> run.path("models/first")).hasMessageContaining("models is a link");
      assertThatThrownBy(() -> run.write("models/a.bin", out -> out.write(1)))
          .hasMessageContaining("models is a link");
      assertThatThrownBy(() -> run.write("../a.bin", out -> out.write(1)))
          .hasMessageContaining("leads out of");
    }
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aFinishedDirectoryIsLeftAsItIs() throws IOException {
    work(folder, UNITS);
    Map<String, String> before = contents(folder);
    // A kill between writing the manifest and removing the notes leaves them.
    Files.writeString(folder.resolve("journal.jsonl"), "");
    Files.writeString(folder.resolve("settings.json"), "{}");
    assertThat(work(folder, UNITS)).isZero();
    assertThat(contents(folder)).isEqualTo(before);
  }

  @Test
  void aSecondClaimIsRefusedUntilTheFirstEnds() {
    try (RunDirectory first = claim(folder)) {
      assertThatThrownBy(() -> claim(first.directory()))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("is being written by another run");
      writeUnit(first, 0); // The first is not disturbed.
    }
    claim(folder).close();
  }

  @Test
  void otherSettingsAreRefusedWithBothValues() {
    for (int limit : new int[] {1, UNITS}) {
      work(folder, limit);
      assertThatThrownBy(() -> RunDirectory.claim(folder, "features", settings(30), Json.object()))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("settings.loss.draws 20, this run asks for 30")
          .hasMessageContaining(limit == 1 ? "(settings.json)" : "(manifest.json)");
    }
  }

  @Test
  void aSettingThatOnlyOneOfTheRunsHasIsNamed() {
    work(folder, 1);
    ObjectNode more = settings(20).put("clip", 1);
    ObjectNode less = settings(20);
    less.remove("damping");
    ObjectNode inputs = Json.object().put("dataset", "abc");
    assertThatThrownBy(() -> RunDirectory.claim(folder, "features", more, inputs))
        .hasMessageContaining("no settings.clip, this run asks for 1");
    assertThat(
            SettingsDifference.first(
                Json.parse(
                    "{\"of\":{\"the 20 strongest\":20}}".getBytes(StandardCharsets.UTF_8), "a"),
                Json.parse(
                    "{\"of\":{\"the 30 strongest\":30}}".getBytes(StandardCharsets.UTF_8), "b")))
        .isEqualTo("of {\"the 20 strongest\":20}, this run asks for {\"the 30 strongest\":30}");
    assertThat(
            SettingsDifference.first(
                Json.object().put("data", "0123456789abcdef".repeat(4)),
                Json.object().put("data", "fedcba9876543210".repeat(4))))
        .isEqualTo("data 0123456789ab…, this run asks for fedcba987654…");
    assertThatThrownBy(() -> RunDirectory.claim(folder, "features", less, inputs))
        .hasMessageContaining("settings.damping 0.1, this run asks for none");
    assertThatThrownBy(() -> RunDirectory.claim(folder, "scores", settings(20), inputs))
        .hasMessageContaining("kind \"features\", this run asks for \"scores\"");
    claim(folder).close();
  }

  @Test
  void aFolderOfSomethingElseIsRefusedAndLeftAsItWas() throws IOException {
    Files.writeString(folder.resolve("thesis.tex"), "x");
    assertThatThrownBy(() -> claim(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("already holds thesis.tex");
    assertThat(contents(folder)).containsOnlyKeys("thesis.tex");
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("runs"), "x");
    assertThatThrownBy(() -> claim(file.resolve("a")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("Cannot use " + file.resolve("a"));
    assertThatThrownBy(() -> claim(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("is in the way");
  }

  @Test
  void aFolderWithoutPermissionIsOneSentence() {
    assertThat(folder.toFile().setWritable(false)).isTrue();
    try {
      assumeTrue(!Files.isWritable(folder), "the superuser may write anywhere: not testable");
      assertThatThrownBy(() -> claim(folder))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("permission denied");
    } finally {
      assertThat(folder.toFile().setWritable(true)).isTrue();
    }
  }

  @Test
  void statusTellsHowFarARunIs() {
    work(folder, 2);
    RunStatus unfinished = RunStatus.of(folder);
    assertThat(unfinished.finished()).isFalse();
    assertThat(unfinished.files()).isEqualTo(2);
    assertThat(unfinished.bytes()).isEqualTo(2001);
    work(folder, UNITS);
    RunStatus finished = RunStatus.of(folder);
    assertThat(finished.finished()).isTrue();
    assertThat(finished.files()).isEqualTo(UNITS);
    assertThat(finished.settings()).hasToString(unfinished.settings().toString());
    assertThat(finished.inputs()).hasToString("{\"dataset\":\"abc\"}");
  }

  @Test
  void workersMayWriteAtTheSameTime() {
    try (RunDirectory run = claim(folder)) {
      new Workers(4, Compute.JAVA).forEach(40, unit -> writeUnit(run, unit));
      run.finish(Json.object());
    }
    assertThat(Manifest.read(folder).names()).hasSize(40);
    for (String name : Manifest.read(folder).names()) {
      Manifest.read(folder).verified(name);
    }
  }
}
