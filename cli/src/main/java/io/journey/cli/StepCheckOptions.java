package io.journey.cli;

import io.journey.score.Attribution;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What checks of the scores of several steps read and write. */
final class StepCheckOptions {
  @Option(
      names = "--attribution",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the scores, of two steps or more.")
  private Path attribution;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for tables and figures.")
  private Path out;

  Attribution scores() {
    return Attribution.open(attribution);
  }

  Path out() {
    return out;
  }
}
