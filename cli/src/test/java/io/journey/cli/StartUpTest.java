package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Help and mistakes are answered at once: what takes long to load is loaded by real work only. */
class StartUpTest {
  private static final List<String> SLOW =
      List.of(
          "com.fasterxml.jackson.databind.ObjectMapper ",
          "org.bytedeco.",
          "org.jline.",
          "me.tongfei.",
          "org.knowm.");

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "inspect --help", "inspect --wrong"})
  void helpAndMistakesLoadNoLargeLibrary(String args) throws IOException, InterruptedException {
    assertThat(loaded(args))
        .anyMatch(line -> line.contains(" " + Main.class.getName() + " "))
        .noneMatch(line -> SLOW.stream().anyMatch(name -> line.contains(" " + name)));
  }

  /** Shows that the test above sees what is loaded. */
  @Test
  void realWorkLoadsJson() throws IOException, InterruptedException {
    String golden = "../diffusion/src/test/resources/golden/unet-small";
    assertThat(loaded("inspect " + golden)).anyMatch(line -> line.contains(SLOW.get(0)));
  }

  private static List<String> loaded(String args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-verbose:class");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text.lines().toList();
  }
}
