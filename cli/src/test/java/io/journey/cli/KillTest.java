package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.run.RunStatus;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in processes of their own, killed in the middle of their work and started again. */
class KillTest {
  private static final long PATIENCE_SECONDS = 60;

  @TempDir static Path root;
  private static TinyFlow flow;

  /** More examples than a shard has, so that a kill loses some of the work and keeps some. */
  private static final String DATA = TinyFlow.DATA.replace("limit=24", "limit=300");

  /** Long enough to be killed in the middle. */
  @BeforeAll
  static void goUndisturbed() throws IOException {
    flow = new TinyFlow(root.resolve("whole"));
    Files.createDirectories(flow.root());
    Files.writeString(flow.config(), TinyFlow.CONFIG);
    for (String[] stage : List.of(train(flow), flow.sample(), featurize(flow), attribute(flow))) {
      CommandRun run = CommandRun.of(stage);
      assertThat(run.status()).as(run.err()).isZero();
    }
  }

  private static String[] train(TinyFlow of, String... changes) {
    return of.train(
        with(changes, "--data", DATA, "--training-steps", "60", "--save-interval", "0"));
  }

  private static String[] featurize(TinyFlow of, String... changes) {
    return of.featurize(with(changes, "--data", DATA, "--draws", "2", "--threads", "1"));
  }

  private static String[] attribute(TinyFlow of, String... changes) {
    return of.attribute(with(changes, "--draws", "100", "--threads", "1"));
  }

  private static String[] with(String[] changes, String... more) {
    return Stream.concat(Arrays.stream(more), Arrays.stream(changes)).toArray(String[]::new);
  }

  @Test
  void trainingKilledTwiceEndsInTheSameBytes() throws Exception {
    Path out = root.resolve("checkpoints");
    String[] command = train(flow, "--out", out.toString());
    Path first = out.resolve("member-000/resume.safetensors");
    killWhen(command, () -> Files.exists(first));
    assertUnfinished(out);
    assertThat(first).exists();
    long before = modified(first);
    // Continued and saved at least once more, then killed again.
    killWhen(command, () -> modified(first) > before);
    assertUnfinished(out);
    finishesAs(command, out, flow.checkpoints());
  }

  @Test
  void aThirdMemberKilledIsAddedAllTheSame() throws Exception {
    Path out = root.resolve("grown");
    Path whole = root.resolve("three");
    assertThat(CommandRun.of(train(flow, "--out", out.toString())).status()).isZero();
    Map<String, String> two = Snapshot.of(out);
    String[] command = train(flow, "--out", out.toString(), "--count", "3");
    killWhen(command, () -> Files.exists(out.resolve("member-002/resume.safetensors")));
    // What was finished is there as it was, beside the notes of the larger run.
    assertThat(Snapshot.of(out)).containsAllEntriesOf(two).containsKey("settings.json");
    String[] other = train(flow, "--out", whole.toString(), "--count", "3");
    assertThat(CommandRun.of(other).status()).isZero();
    finishesAs(command, out, whole);
  }

  @Test
  void featuresKilledBetweenShardsEndInTheSameBytes() throws Exception {
    Path out = root.resolve("features");
    String[] command = featurize(flow, "--out", out.toString());
    killWhen(command, () -> Files.exists(out.resolve("member-000/shard-00000.npy")));
    assertUnfinished(out);
    assertThat(out.resolve("member-001/shard-00002.npy")).doesNotExist();
    killWhen(command, () -> Files.exists(out.resolve("member-001/shard-00001.npy")));
    assertUnfinished(out);
    finishesAs(command, out, flow.features());
  }

  @Test
  void scoresKilledBetweenCheckpointsEndInTheSameBytes() throws Exception {
    Path out = root.resolve("attribution");
    String[] command = attribute(flow, "--out", out.toString());
    killWhen(command, () -> Files.exists(out.resolve("member-000.scores.npy")));
    assertUnfinished(out);
    finishesAs(command, out, flow.attribution());
  }

  @Test
  void drawingsKilledBetweenImagesEndInTheSameBytes() throws Exception {
    Path whole = root.resolve("whole.safetensors");
    Path out = root.resolve("targets.safetensors");
    Path parts = root.resolve("targets.safetensors.parts");
    String[] more = {"--count", "8", "--inference-steps", "200", "--threads", "1", "--out"};
    assertThat(CommandRun.of(flow.sample(with(new String[] {whole.toString()}, more))).status())
        .isZero();
    String[] command = flow.sample(with(new String[] {out.toString()}, more));
    killWhen(command, () -> Files.exists(parts.resolve("000001.safetensors")));
    assertThat(out).doesNotExist();
    assertUnfinished(parts);
    assertThat(CommandRun.of(command).status()).isZero();
    assertThat(Files.readAllBytes(out)).isEqualTo(Files.readAllBytes(whole));
    assertThat(parts).doesNotExist();
  }

  /** A kill after the end would prove nothing. */
  private static void assertUnfinished(Path out) {
    assertThat(out.resolve("manifest.json")).doesNotExist();
    assertThat(RunStatus.of(out).finished()).isFalse();
    CommandRun status = CommandRun.of("inspect", out.toString());
    assertThat(status.status()).isZero();
    assertThat(status.out()).containsPattern("state +unfinished");
  }

  private static void finishesAs(String[] command, Path out, Path expected) throws Exception {
    Process process = start(command);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(Snapshot.withoutTimes(out)).isEqualTo(Snapshot.withoutTimes(expected));
  }

  private static void killWhen(String[] command, BooleanSupplier moment) throws Exception {
    Process process = start(command);
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!moment.getAsBoolean()) {
        assertThat(process.isAlive()).as("still at work").isTrue();
        assertThat(System.nanoTime()).as("the moment to kill at").isLessThan(end);
        Thread.sleep(5);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Process start(String[] command) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-XX:TieredStopAtLevel=1");
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    line.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
    builder.environment().put("OMP_NUM_THREADS", "1");
    return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static long modified(Path file) {
    try {
      return Files.exists(file) ? Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
