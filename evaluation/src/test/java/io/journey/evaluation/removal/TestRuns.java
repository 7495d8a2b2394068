package io.journey.evaluation.removal;

import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.nio.file.Path;

/** Run directories without a stage. */
final class TestRuns {
  private TestRuns() {}

  static RunDirectory claim(Path directory) {
    return RunDirectory.claim(directory, "test", Json.object(), Json.object());
  }
}
