package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in a process of its own, killed while it writes. */
class KilledRunTest {
  @TempDir Path folder;

  /** Writes files without end and says so after each. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] args) {
      Path directory = Path.of(args[0]);
      try (RunDirectory run =
          RunDirectory.claim(directory, "endless", Json.object(), Json.object())) {
        for (int i = 0; ; i++) {
          byte[] bytes = new byte[50_000];
          run.write("part-" + i, out -> out.write(bytes));
          System.out.println("wrote");
        }
      }
    }
  }

  @Test
  void aKilledRunGivesItsDirectoryFreeAndKeepsItsWholeFiles()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Endless.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < 3; i++) {
        assertThat(lines.readLine()).isEqualTo("wrote");
      }
      assertThatThrownBy(this::claim).hasMessageContaining("is being written by another run");
    } finally {
      process.destroyForcibly().waitFor();
    }
    try (RunDirectory run = claim()) {
      int whole = RunStatus.of(folder).files();
      assertThat(whole).isGreaterThanOrEqualTo(3);
      for (int i = 0; i < whole; i++) {
        assertThat(run.has("part-" + i)).as("part-%d", i).isTrue();
      }
      run.finish(Json.object());
    }
    for (String name : Manifest.read(folder, "endless").names()) {
      Manifest.read(folder).verified(name);
    }
  }

  private RunDirectory claim() {
    return RunDirectory.claim(folder, "endless", Json.object(), Json.object());
  }
}
