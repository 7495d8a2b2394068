package io.journey.evaluation.removal;

import io.journey.random.Seed;
import io.journey.results.ExampleTable;
import io.journey.statistics.Estimate;
import io.journey.statistics.PairedDifference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * The effect of removing images on each target, and its means.
 *
 * @param lines target by target
 * @param summaries over targets, estimators in the order given, random last
 * @param otherSeed of models trained on all images with another seed, over targets
 * @param reference of the original with other noise, over targets
 */
public record RemovalTable(
    List<Line> lines, List<Summary> summaries, Estimate otherSeed, Estimate reference) {
  /** The name of models trained on all images with another seed. */
  public static final String OTHER_SEED = "another seed";

  /** The name of the original with other noise. */
  public static final String REFERENCE = "other noise";

  /**
   * One set of images and target.
   *
   * @param source who chose the images
   * @param k how many were removed
   * @param set its number among those of the same source and k
   * @param value what was measured, mean over training seeds
   * @param baseline the same of models trained on all images; NaN where there is none
   */
  public record Line(int target, String source, int k, int set, double value, double baseline) {
    /** By how much the value is larger. */
    public double increase() {
      return value - baseline;
    }
  }

  /**
   * Means over targets.
   *
   * @param againstRandom null for random sets themselves
   */
  public record Summary(
      String source,
      int k,
      Estimate value,
      Estimate baseline,
      Estimate increase,
      PairedDifference againstRandom) {}

  /**
   * Summarizes.
   *
   * @param sources that are compared with random, in order
   * @param seed of the bootstrap
   */
  static RemovalTable of(List<Line> lines, List<String> sources, Seed seed) {
    List<Summary> summaries = new ArrayList<>();
    List<String> all = new ArrayList<>(sources);
    all.add(Removal.RANDOM);
    for (String source : all) {
      List<Line> own = lines.stream().filter(l -> l.source().equals(source)).toList();
      for (int k : own.stream().mapToInt(Line::k).distinct().sorted().toArray()) {
        double[][] values = values(lines, source, k);
        PairedDifference difference = null;
        if (!source.equals(Removal.RANDOM)) {
          Seed bootstrap = seed.child(source).child(k);
          double[][] random = values(lines, Removal.RANDOM, k);
          difference = PairedDifference.of(means(values), random, bootstrap);
        }
        List<Line> here = own.stream().filter(l -> l.k() == k).toList();
        double[] baselines = baselines(here);
        double[] increases = means(values);
        for (int t = 0; t < increases.length; t++) {
          increases[t] -= baselines[t];
        }
        summaries.add(
            new Summary(
                source,
                k,
                Estimate.of(means(values)),
                Estimate.of(baselines),
                Estimate.of(increases),
                difference));
      }
    }
    return new RemovalTable(
        List.copyOf(lines),
        summaries,
        Estimate.of(means(values(lines, OTHER_SEED, 0))),
        Estimate.of(means(values(lines, REFERENCE, 0))));
  }

  /** Target by target, set by set: [T][J]. */
  private static double[][] values(List<Line> lines, String source, int k) {
    TreeMap<Integer, List<Line>> byTarget = new TreeMap<>();
    for (Line line : lines) {
      if (line.source().equals(source) && line.k() == k) {
        byTarget.computeIfAbsent(line.target(), t -> new ArrayList<>()).add(line);
      }
    }
    return byTarget.values().stream()
        .map(
            of ->
                of.stream()
                    .sorted(Comparator.comparingInt(Line::set))
                    .mapToDouble(Line::value)
                    .toArray())
        .toArray(double[][]::new);
  }

  private static double[] means(double[][] values) {
    return Arrays.stream(values)
        .mapToDouble(row -> Arrays.stream(row).sum() / row.length)
        .toArray();
  }

  /** One for each target: it does not depend on the set. */
  private static double[] baselines(List<Line> lines) {
    return lines.stream()
        .filter(l -> l.set() == 0)
        .sorted(Comparator.comparingInt(Line::target))
        .mapToDouble(Line::baseline)
        .toArray();
  }

  /**
   * All lines as CSV: {@code target,estimator,k,set,QUANTITY,baseline,increase}.
   *
   * @param quantity what was measured
   */
  String csv(String quantity) {
    StringBuilder csv =
        new StringBuilder("target,estimator,k,set," + quantity + ",baseline,increase\n");
    for (Line line : lines) {
      csv.append(line.target()).append(',').append(ExampleTable.quote(line.source())).append(',');
      csv.append(line.k()).append(',').append(line.set()).append(',');
      csv.append(Estimate.cell(line.value())).append(',').append(Estimate.cell(line.baseline()));
      csv.append(',').append(Estimate.cell(line.increase())).append('\n');
    }
    return csv.toString();
  }

  /** The means as CSV, with standard errors and the comparison with random removal. */
  String summaryCsv(String quantity) {
    StringBuilder csv = new StringBuilder("estimator,k,targets,");
    csv.append(quantity).append(',').append(quantity).append("_standard_error,baseline,");
    csv.append("increase,increase_standard_error,more_than_random,");
    csv.append("more_than_random_standard_error,low,high\n");
    for (Summary summary : summaries) {
      PairedDifference difference = summary.againstRandom();
      csv.append(ExampleTable.quote(summary.source())).append(',').append(summary.k());
      csv.append(',').append(summary.value().count()).append(',').append(summary.value().cells());
      csv.append(',').append(Estimate.cell(summary.baseline().mean())).append(',');
      csv.append(summary.increase().cells()).append(',');
      csv.append(difference == null ? ",,," : cells(difference)).append('\n');
    }
    append(csv, OTHER_SEED, otherSeed);
    append(csv, REFERENCE, reference);
    return csv.toString();
  }

  private static String cells(PairedDifference difference) {
    return difference.over().cells()
        + ","
        + Estimate.cell(difference.low())
        + ","
        + Estimate.cell(difference.high());
  }

  private static void append(StringBuilder csv, String name, Estimate estimate) {
    csv.append(name).append(",0,").append(estimate.count()).append(',');
    csv.append(estimate.cells()).append(",,,,,,,\n");
  }
}
