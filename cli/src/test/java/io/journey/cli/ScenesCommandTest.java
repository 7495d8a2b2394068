package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenesCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void beInAClone() {
    System.setProperty("journey.home", "..");
  }

  @AfterEach
  void beNowhere() {
    System.clearProperty("journey.home");
  }

  @Test
  void itMakesASetThatInspectShows() throws Exception {
    String out = folder.resolve("new").toString();
    String said = CommandRun.runs("scenes", "--out", out, "--showing", "owl,kite", "--count", "40");
    assertThat(said).contains("40 scenes with captions are in " + out, "held-out.jsonl");
    assertThat(Files.readString(Path.of(out, "metadata.jsonl")).lines())
        .hasSize(40)
        .allMatch(line -> line.contains("owl") || line.contains("kite"));
    assertThat(CommandRun.runs("inspect", "--data", out + "?captions=all")).contains("an owl and");
    CommandRun.refuses("is not an empty directory", "scenes", "--out", out);
    CommandRun.refuses(
        "there is no emoji 'unicorn'", "scenes", "--out", out + "2", "--only", "unicorn,owl");
    assertThat(folder.resolve("new2")).doesNotExist();
  }
}
