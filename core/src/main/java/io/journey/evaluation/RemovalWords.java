package io.journey.evaluation;

import io.journey.evaluation.RemovalTable.Summary;
import io.journey.training.Retraining.Coupling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Says in sentences what removal did.
 *
 * @param quantity with its article, as in a sentence: "the distance"
 * @param study what was removed
 * @param table what was found
 */
record RemovalWords(String quantity, RemovalStudy study, RemovalTable table) {
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    for (Summary summary : table.summaries()) {
      if (summary.againstRandom() != null) {
        sentences.add(sentence(summary));
      }
    }
    sentences.add(control());
    if (study.config().coupling() == Coupling.COUPLED) {
      sentences.add(
          "Models have their training seed in common with those trained on all images, so that a"
              + " difference comes from the removed images alone; increases are not comparable"
              + " with those of independently trained models, as in the paper.");
    }
    return sentences;
  }

  private String sentence(Summary summary) {
    PairedDifference difference = summary.againstRandom();
    Summary random =
        table.summaries().stream()
            .filter(s -> s.source().equals(Removal.RANDOM) && s.k() == summary.k())
            .findFirst()
            .orElseThrow();
    String verdict =
        difference.isLarger()
            ? "more than random removal by "
            : difference.isSmaller()
                ? "less than random removal; the difference is "
                : "which is not told apart from random removal; the difference is ";
    return String.format(
        Locale.ROOT,
        "Without the %d of %s, %s is %s above the baseline (%s without %d random images): %s%s"
            + " (95 %% interval %s to %s).",
        summary.k(),
        summary.source(),
        quantity,
        number(summary.increase()),
        number(random.increase()),
        summary.k(),
        verdict,
        number(difference.over()),
        number(difference.low()),
        number(difference.high()));
  }

  private String control() {
    return String.format(
        Locale.ROOT,
        "For comparison, %s is %s for a model trained on all images with another seed, and %s for"
            + " the original with other noise.",
        quantity,
        number(table.otherSeed()),
        number(table.reference()));
  }

  private static String number(Estimate estimate) {
    return Double.isNaN(estimate.standardError())
        ? number(estimate.mean())
        : number(estimate.mean()) + " ± " + number(estimate.standardError());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1 ? "%.3f" : "%.2f", value);
  }
}
