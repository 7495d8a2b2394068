package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher where memory is short: one sentence before Java starts, or a heap that fits. */
@EnabledOnOs(OS.LINUX)
class LauncherMemoryTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private record Outcome(int status, String text) {}

  private Outcome shell(String script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", script, HOME.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), text);
  }

  @Test
  void underASmallUlimitTheLauncherSaysHowMuchIsNeeded() throws Exception {
    for (String command : List.of("--help", "quickstart", "train --data x --out y", "inspect x")) {
      Outcome outcome = shell("ulimit -v 409600; exec \"$0/journey\" " + command);
      assertThat(outcome.status()).as(outcome.text()).isEqualTo(2);
      assertThat(outcome.text())
          .startsWith("Journey needs ")
          .contains(
              "ulimit -v allows 400 MiB: set ulimit -v unlimited", "enough for the quickstart")
          .hasLineCount(1);
      try (Stream<Path> left = Files.list(folder)) {
        assertThat(left).as("no dump in the working directory").isEmpty();
      }
    }
  }

  /** What the launcher finds on a machine described by files, as words "memory heap". */
  private String found(String... groups) throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("proc/self"));
    Files.writeString(folder.resolve("proc/meminfo"), "MemTotal: 16777216 kB\nMemFree: 1 kB\n");
    Files.writeString(folder.resolve("proc/self/cgroup"), String.join("\n", groups) + "\n");
    Outcome outcome =
        shell(
            ". \"$0/.mvn/wrapper/java.sh\"; memory_root=$PWD; . \"$0/.mvn/wrapper/memory.sh\";"
                + " set -eu; ulimit -v unlimited; find_memory; require_memory compute;"
                + " divide_memory compute; echo $memory $heap");
    return outcome.text().strip();
  }

  private void limit(String file, String bytes) throws IOException {
    Path path = folder.resolve("sys/fs/cgroup").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, bytes + "\n");
  }

  @Test
  void theHeapIsAQuarterOfTheMachine() throws Exception {
    assertThat(found("0::/")).isEqualTo("16384 4096");
  }

  @Test
  void theSmallestLimitOfTheGroupsAroundCounts() throws Exception {
    limit("memory.max", "max");
    limit("user/memory.max", Long.toString(2048 * MIB));
    limit("user/session/memory.max", Long.toString(4096 * MIB));
    assertThat(found("0::/user/session")).isEqualTo("2048 512");
  }

  @Test
  void theOlderGroupsCountToo() throws Exception {
    limit("memory/memory.limit_in_bytes", "9223372036854771712");
    limit("memory/docker/abc/memory.limit_in_bytes", Long.toString(1024 * MIB));
    assertThat(found("9:cpu:/x", "4:memory:/docker/abc", "0::/")).isEqualTo("1024 256");
  }

  @Test
  void insideAContainerThePathOfTheHostIsNotThere() throws Exception {
    limit("memory/memory.limit_in_bytes", Long.toString(1024 * MIB));
    assertThat(found("4:memory:/docker/abc")).isEqualTo("1024 256");
  }

  @Test
  void aContainerThatIsTooSmallIsRefusedInOneSentence() throws Exception {
    limit("memory.max", Long.toString(256 * MIB));
    assertThat(found("0::/"))
        .isEqualTo(
            "Journey needs 512 MiB of memory for this and the limit of this container or control"
                + " group is 256 MiB: allow more; 1536 MiB are enough for the quickstart.");
  }
}
