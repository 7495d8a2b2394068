package io.journey.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code journey explore} refuses before it serves anything; ExplorerTest has the rest. */
class ExploreCommandTest {
  private static final String DATA = "../data/fashion-mnist?size=8&limit=4";

  @TempDir Path root;

  @Test
  void aRunThatLacksAPartIsRefusedInASentence() throws IOException {
    Path run = root.resolve("run");
    Refusal.of(
        root,
        new String[] {"explore", run.toString()},
        run.toString(),
        "is no folder",
        "quickstart");
    Files.createDirectory(run);
    Refusal.of(
        root,
        new String[] {"explore", run.toString()},
        "no folder checkpoints or pipeline",
        "--checkpoints");
    Files.createDirectory(run.resolve("checkpoints"));
    Refusal.of(
        root,
        new String[] {"explore", run.toString()},
        "no folder scenes",
        "name the training images by --data");
    Refusal.of(
        root,
        new String[] {"explore", run.toString(), "--data", DATA},
        run.resolve("checkpoints").toString());
    Refusal.of(
        root,
        new String[] {
          "explore",
          run.toString(),
          "--data",
          DATA,
          "--features",
          root.resolve("elsewhere").toString()
        },
        root.resolve("elsewhere").toString());
  }

  @Test
  void aFileThatHoldsNoTokenIsRefused() throws IOException {
    Path run = Files.createDirectories(root.resolve("run/checkpoints")).getParent();
    Path notes = Files.writeString(root.resolve("notes.txt"), "what I had for lunch");
    Refusal.of(
        root,
        new String[] {"explore", run.toString(), "--data", DATA, "--token", notes.toString()},
        notes.toString(),
        "token");
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    CommandRun.refuses("--port", "explore", root.toString(), "--port", "65536");
    CommandRun.refuses("--port", "explore", root.toString(), "--port", "-1");
  }
}
