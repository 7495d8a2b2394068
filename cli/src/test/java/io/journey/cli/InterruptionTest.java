package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands say that a signal ends in the middle of their work. */
@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {
  private static final long PATIENCE_SECONDS = 60;

  @TempDir Path root;

  private record Ending(int status, String text, double seconds) {
    String last() {
      List<String> lines = text.lines().toList();
      return lines.get(lines.size() - 1);
    }
  }

  /** Sends a signal once a file is there. */
  private Ending signalled(String signal, Path moment, boolean terminal, String... command)
      throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-Djourney.terminal=" + terminal));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    line.addAll(List.of(command));
    Path told = root.resolve("told");
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("OMP_NUM_THREADS", "1");
    Process process = builder.redirectOutput(told.toFile()).start();
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!Files.exists(moment)) {
        assertThat(process.isAlive()).as("still at work: %s", Files.readString(told)).isTrue();
        assertThat(System.nanoTime()).as("the moment for the signal").isLessThan(end);
        Thread.sleep(5);
      }
      long start = System.nanoTime();
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
      double seconds = (System.nanoTime() - start) * 1e-9;
      String text = Files.readString(told, StandardCharsets.UTF_8);
      return new Ending(process.exitValue(), text, seconds);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /**
   * Whether this process was started with SIGINT ignored, as a shell starts jobs in the background.
   */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("SigIgn:"))
          .map(line -> Long.parseUnsignedLong(line.split("\\s+")[1], 16))
          .anyMatch(mask -> (mask & 2) != 0);
    }
  }

  private String[] training() throws IOException {
    TinyFlow flow = new TinyFlow(root);
    Files.writeString(flow.config(), TinyFlow.CONFIG);
    return flow.train("--training-steps", "100000", "--save-interval", "0", "--count", "2");
  }

  @ParameterizedTest
  @CsvSource({"TERM,143,false", "INT,130,false", "TERM,143,true"})
  void aSignalSaysWhatIsKeptAndHowToGoOn(String signal, int status, boolean terminal)
      throws Exception {
    assumeFalse(signal.equals("INT") && ignoresInterrupts(), "SIGINT is ignored by all children");
    Path out = root.resolve("checkpoints");
    Path saved = out.resolve("member-000/resume.safetensors");
    Ending ending = signalled(signal, saved, terminal, training());
    assertThat(ending.status()).as(ending.text()).isEqualTo(status);
    assertThat(ending.text()).doesNotContain("Exception", "\tat ");
    assertThat(ending.text()).endsWith(System.lineSeparator());
    assertThat(ending.last())
        .matches(
            "Interrupted\\. \\S*checkpoints keeps (\\d+ whole files? and )?\\d+ unfinished files?\\. Start the"
                + " same command again to continue from there\\.");
    assertThat(ending.seconds()).as("seconds until the end").isLessThan(10);
    try (Stream<Path> files = Files.walk(out)) {
      assertThat(files.filter(f -> f.toString().endsWith(".tmp"))).as("half files").isEmpty();
    }
  }

  @Test
  void whatEndsByItselfSaysNothingOfInterruptions() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--version")
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(text).contains("journey").doesNotContain("Interrupted");
  }

  @Test
  void withNothingBegunThereIsNothingToTell() {
    assertThat(Interruption.sentence(List.of())).isEqualTo("Interrupted.");
  }

  @Test
  void aBrokenOffDisplayEndsItsLineOnce() {
    java.io.StringWriter text = new java.io.StringWriter();
    ConsoleProgress progress = new ConsoleProgress(new PrintWriter(text, true));
    var task = progress.start("waiting", 3, "models");
    ConsoleProgress.closeAll();
    String told = text.toString();
    task.close();
    assertThat(text.toString()).isEqualTo(told);
  }
}
