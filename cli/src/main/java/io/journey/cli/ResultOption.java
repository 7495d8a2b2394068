package io.journey.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a check leaves what it found. */
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
