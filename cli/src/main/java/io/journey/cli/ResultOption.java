package io.journey.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of the directory of a check's results. */
final class ResultOption {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for tables and figures.")
  private Path out;

  Path out() {
    return out;
  }
}
