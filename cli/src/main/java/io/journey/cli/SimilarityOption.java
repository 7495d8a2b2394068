package io.journey.cli;

import io.journey.statistics.NearDuplicates;
import picocli.CommandLine.Option;

/** The option of how alike near-duplicates are. */
final class SimilarityOption {
  @Option(
      names = "--similarity",
      paramLabel = "R",
      description =
          "Correlation of pixels from which on two images are near-duplicates (default: 0.99).")
  @InRange(above = 0, to = 1)
  private double similarity = NearDuplicates.DEFAULT_CORRELATION;

  double similarity() {
    return similarity;
  }
}
