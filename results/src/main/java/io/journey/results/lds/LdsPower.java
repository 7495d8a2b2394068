package io.journey.results.lds;

import io.journey.statistics.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The worth of a ground truth's size: how well differences of estimators are known with all of it,
 * and with parts of it.
 *
 * @param design what is left, in words
 * @param models trained
 * @param deviation the median over pairs of neighbours in the ranking of the standard deviation of
 *     their difference, in LDS
 * @param agreement of two training seeds, the mean over these steps; NaN where there is one seed
 */
record LdsPower(String design, int models, double deviation, double agreement) {

  /**
   * All of a ground truth, and parts of it.
   *
   * @param steps indices of the steps differences are a mean over
   */
  static List<LdsPower> of(GroundTruth truth, List<Prediction> predictions, int[] steps) {
    int[] subsets = first(truth.subsets().size());
    int[] targets = first(truth.targets());
    int[] seeds = first(truth.seeds());
    int[] halves = first(GroundTruth.HALVES);
    List<LdsPower> out = new ArrayList<>();
    out.add(of("all", truth, predictions, subsets, seeds, halves, targets, steps));
    if (subsets.length >= 12) {
      int[] half = first(subsets.length / 2);
      out.add(of("half of the subsets", truth, predictions, half, seeds, halves, targets, steps));
    }
    if (seeds.length > 1) {
      out.add(
          of("one training seed", truth, predictions, subsets, first(1), halves, targets, steps));
    }
    if (targets.length >= 4) {
      int[] half = first(targets.length / 2);
      out.add(of("half of the targets", truth, predictions, subsets, seeds, halves, half, steps));
    }
    out.add(
        of(
            "half of the noise draws",
            truth,
            predictions,
            subsets,
            seeds,
            first(1),
            targets,
            steps));
    return out;
  }

  private static int[] first(int n) {
    return IntStream.range(0, n).toArray();
  }

  private static LdsPower of(
      String design,
      GroundTruth truth,
      List<Prediction> predictions,
      int[] subsets,
      int[] seeds,
      int[] halves,
      int[] targets,
      int[] steps) {
    GroundTruth part = truth.only(seeds, halves).only(subsets.length, targets.length);
    List<Prediction> told =
        predictions.stream().map(p -> p.only(subsets.length, targets.length)).toList();
    Lds lds = Lds.of(part, told);
    int[] ranking = lds.ranking(steps);
    double[] deviations = new double[Math.max(0, ranking.length - 1)];
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] = lds.difference(steps, ranking[i], ranking[i + 1]).deviation();
    }
    Arrays.sort(deviations);
    double median = deviations.length == 0 ? Double.NaN : deviations[deviations.length / 2];
    Ceiling ceiling = Ceiling.of(part);
    double agreement =
        ceiling == null
            ? Double.NaN
            : IntStream.of(steps)
                .mapToDouble(s -> ceiling.agreement().get(s).value())
                .average()
                .orElseThrow();
    return new LdsPower(design, subsets.length * seeds.length, median, agreement);
  }

  /** {@code design,models,deviation,seed_agreement}, a line each. */
  static String table(List<LdsPower> lines) {
    StringBuilder csv = new StringBuilder("design,models,deviation,seed_agreement\n");
    for (LdsPower line : lines) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%s,%d,%s,%s\n",
              line.design(),
              line.models(),
              Estimate.cell(line.deviation()),
              Estimate.cell(line.agreement())));
    }
    return csv.toString();
  }
}
