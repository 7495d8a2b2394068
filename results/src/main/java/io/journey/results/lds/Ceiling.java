package io.journey.results.lds;

import io.journey.results.lds.Lds.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The agreement of models of one subset: the noise in what an estimator is compared with, which no
 * estimator can predict. Models of the attributed checkpoints' own seeds have no other noise than
 * that of the draws they are asked with.
 *
 * @param agreement at each step, and in the last place the mean over steps: Spearman's correlation
 *     over subsets of the models of one training seed with the mean of the others, the mean over
 *     seeds; of own seeds, of the answers to one half of the draws with those to the other
 * @param attainable at each step, and over all: the correlation that the expectation over training
 *     seeds itself would reach with the mean of all seeds, √(R·r/(1 + (R−1)·r)) with r the
 *     correlation of two single seeds (Spearman 1910, Brown 1910), of own seeds that of two halves
 *     of the draws; an estimate, not a bound
 * @param draws the agreement of the same models asked with two halves of the noise draws; empty
 *     where only one is kept
 */
public record Ceiling(List<Interval> agreement, double[] attainable, List<Interval> draws) {

  /**
   * Measures it.
   *
   * @return null where there is nothing to compare: one training seed only, or of own seeds one
   *     half of the draws
   */
  public static Ceiling of(GroundTruth truth) {
    int seeds = truth.seeds();
    if (truth.isOwnSeed()) {
      return truth.halves() < GroundTruth.HALVES ? null : ofDraws(truth);
    }
    if (seeds < 2) {
      return null;
    }
    int steps = truth.steps().length;
    int[] all = IntStream.range(0, seeds).toArray();
    int[] halves = IntStream.range(0, truth.halves()).toArray();
    double[] single = new double[steps + 1];
    List<List<Interval>> ofSeeds = new ArrayList<>();
    for (int seed : all) {
      int[] others = IntStream.of(all).filter(s -> s != seed).toArray();
      GroundTruth one = truth.only(new int[] {seed}, halves);
      ofSeeds.add(compare(truth.only(others, halves), one));
      for (int other : others) {
        List<Interval> pair =
            others.length == 1
                ? ofSeeds.get(seed)
                : compare(truth.only(new int[] {other}, halves), one);
        for (int s = 0; s <= steps; s++) {
          single[s] += pair.get(s).value() / (seeds * (seeds - 1.0));
        }
      }
    }
    List<Interval> agreement = new ArrayList<>();
    double[] attainable = new double[steps + 1];
    for (int s = 0; s <= steps; s++) {
      int step = s;
      agreement.add(mean(ofSeeds.stream().map(list -> list.get(step)).toList()));
      attainable[s] = attainable(single[s], seeds);
    }
    List<Interval> draws = truth.halves() < GroundTruth.HALVES ? List.of() : draws(truth);
    return new Ceiling(agreement, attainable, draws);
  }

  private static Ceiling ofDraws(GroundTruth truth) {
    List<Interval> draws = draws(truth);
    double[] attainable =
        draws.stream().mapToDouble(r -> attainable(r.value(), GroundTruth.HALVES)).toArray();
    return new Ceiling(draws, attainable, draws);
  }

  private static List<Interval> draws(GroundTruth truth) {
    int[] seeds = IntStream.range(0, truth.seeds()).toArray();
    return compare(truth.only(seeds, new int[] {0}), truth.only(seeds, new int[] {1}));
  }

  /**
   * Returns what the expectation reaches with the mean of some answers, two of which agree at r.
   */
  private static double attainable(double agreement, int answers) {
    double r = Math.max(0, agreement);
    return Math.sqrt(answers * r / (1 + (answers - 1) * r));
  }

  /** One ground truth as the estimator of another, at every step and over all. */
  private static List<Interval> compare(GroundTruth truth, GroundTruth estimator) {
    int steps = truth.steps().length;
    double[][][] sums = new double[steps][truth.targets()][];
    for (int s = 0; s < steps; s++) {
      for (int t = 0; t < sums[s].length; t++) {
        sums[s][t] = estimator.predictable(s, t);
      }
    }
    Lds lds = Lds.of(truth, List.of(Prediction.of("models", sums)));
    List<Interval> out = new ArrayList<>();
    for (int s = 0; s < steps; s++) {
      out.add(lds.at(0, s));
    }
    out.add(lds.overall(0));
    return out;
  }

  /** Returns the means of all numbers: the intervals are of the same resamples, and alike. */
  private static Interval mean(List<Interval> of) {
    return new Interval(
        of.stream().mapToDouble(Interval::value).average().orElseThrow(),
        of.stream().mapToDouble(Interval::standardError).average().orElseThrow(),
        of.stream().mapToDouble(Interval::low).average().orElseThrow(),
        of.stream().mapToDouble(Interval::high).average().orElseThrow(),
        of.stream().mapToDouble(Interval::deviation).average().orElseThrow());
  }

  /**
   * Returns whether estimators can be told apart at a step: the interval of the agreement lies
   * above a tenth, below which noise decides.
   */
  public boolean canRank(int step) {
    return agreement.get(step).low() > 0.1;
  }
}
