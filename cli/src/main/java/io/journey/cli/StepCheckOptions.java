package io.journey.cli;

import io.journey.results.Attribution;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of checks of the scores of several steps. */
final class StepCheckOptions {
  @Option(
      names = "--attribution",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the scores, of two steps or more.")
  private Path attribution;

  @Mixin private ResultOption result;

  Attribution scores() {
    return Attribution.open(attribution);
  }

  Path out() {
    return result.out();
  }
}
