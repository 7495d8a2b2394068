package io.journey.score;

import io.journey.run.Workers;
import io.journey.statistics.StudentT;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * An answer that becomes better while one looks at it: scores of the training images for one part
 * of one target at one step, by few draws of one checkpoint at first, at last by all draws of all
 * checkpoints, which are the scores of {@link Attributor} up to rounding. Not safe for several
 * threads at once.
 */
public final class Refinement {
  /** Images whose order tells how stable an answer is. */
  public static final int STRONGEST = 10;

  /** How many of them are the same where an answer is stable. */
  private static final int ALIKE = 8;

  private final List<CheckpointRefinement> checkpoints;
  private final Workers workers;
  private int next;
  private double[] before;
  private RefinedScores answer;

  Refinement(List<CheckpointRefinement> checkpoints, Workers workers) {
    this.checkpoints = List.copyOf(checkpoints);
    this.workers = workers;
  }

  /**
   * An answer.
   *
   * @param scores of the training images, [N]; positive: the image pushed the target towards what
   *     it became
   * @param error standard error that the draws so far leave in a score, of all images together; NaN
   *     where there is one half of the draws alone
   * @param margins half of each score's 95 % interval, [N]: over checkpoints where there are
   *     several and all draws are in, otherwise over parts of the draws; null where there are too
   *     few of both, or the estimator is not linear
   * @param shared how many of the {@link #STRONGEST} are the same by both halves of the draws; −1
   *     where there is one half alone
   * @param settled how many of the {@link #STRONGEST} were among them in the answer before; −1 in
   *     the first
   * @param draws of noise that each checkpoint was asked about on average
   * @param ofDraws as many there are
   * @param checkpoints that were asked
   * @param ofCheckpoints as many there are
   */
  public record RefinedScores(
      float[] scores,
      double error,
      float[] margins,
      int shared,
      int settled,
      int draws,
      int ofDraws,
      int checkpoints,
      int ofCheckpoints) {
    /** Returns whether all draws of all checkpoints were asked about. */
    public boolean isFinished() {
      return draws == ofDraws && checkpoints == ofCheckpoints;
    }

    /**
     * Returns whether the {@link #STRONGEST} can be relied on: both halves of the draws agree on at
     * least eight, and the round before on at least nine, or there is nothing left to ask.
     */
    public boolean isStable() {
      return shared >= ALIKE && (settled > ALIKE || isFinished());
    }
  }

  /** Returns the answer so far; null before the first {@link #advance}. */
  public RefinedScores answer() {
    return answer;
  }

  /** Returns whether there is nothing left to ask. */
  public boolean isFinished() {
    return checkpoints.stream().allMatch(CheckpointRefinement::isFinished);
  }

  /**
   * Asks one checkpoint about further draws.
   *
   * @param cancelled makes it return early, with the answer as it was
   * @return whether the answer is another
   */
  public boolean advance(BooleanSupplier cancelled) {
    if (isFinished()) {
      return false;
    }
    CheckpointRefinement turn = checkpoints.get(next);
    int asked = turn.draws();
    turn.advance(workers, cancelled);
    if (turn.draws() == asked) {
      return false;
    }
    next = (next + 1) % checkpoints.size();
    answer = combine();
    return true;
  }

  private RefinedScores combine() {
    List<CheckpointRefinement> asked =
        checkpoints.stream().filter(c -> c.scores() != null).toList();
    double[] mean = mean(asked.stream().map(CheckpointRefinement::scores).toList());
    boolean halved = asked.stream().allMatch(c -> c.halves() != null);
    double error = Double.NaN;
    int shared = -1;
    if (halved) {
      double[] first = mean(asked.stream().map(c -> c.halves()[0]).toList());
      double[] second = mean(asked.stream().map(c -> c.halves()[1]).toList());
      error = error(first, second);
      shared = shared(first, second);
    }
    int settled = before == null ? -1 : shared(before, mean);
    before = mean;
    return new RefinedScores(
        CheckpointScorer.floats(mean),
        error,
        margins(asked, mean),
        shared,
        settled,
        asked.stream().mapToInt(CheckpointRefinement::draws).sum() / asked.size(),
        asked.get(0).ofDraws(),
        asked.size(),
        checkpoints.size());
  }

  /** Student's t times the standard error, of checkpoints or of parts of the draws. */
  private float[] margins(List<CheckpointRefinement> asked, double[] mean) {
    int count = checkpoints.size();
    if (count > 1 && isFinished()) {
      double[] squares = new double[mean.length];
      for (CheckpointRefinement one : asked) {
        double[] scores = one.scores();
        for (int i = 0; i < squares.length; i++) {
          squares[i] += (scores[i] - mean[i]) * (scores[i] - mean[i]);
        }
      }
      return roots(squares, (double) count * (count - 1), count - 1);
    }
    double[] squares = new double[mean.length];
    for (CheckpointRefinement one : asked) {
      double[] errors = one.squaredErrors();
      if (errors == null) {
        return null;
      }
      for (int i = 0; i < squares.length; i++) {
        squares[i] += errors[i];
      }
    }
    int parts = asked.stream().mapToInt(CheckpointRefinement::parts).min().orElseThrow();
    return roots(squares, (double) asked.size() * asked.size(), parts - 1);
  }

  private static float[] roots(double[] squares, double divisor, int freedom) {
    float[] out = new float[squares.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (StudentT.upper(freedom) * Math.sqrt(squares[i] / divisor));
    }
    return out;
  }

  private static double[] mean(List<double[]> all) {
    double[] mean = all.get(0).clone();
    for (double[] one : all.subList(1, all.size())) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += one[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= all.size();
    }
    return mean;
  }

  /** The mean of two halves errs by half of their difference, on the root mean square. */
  private static double error(double[] first, double[] second) {
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      sum += (first[i] - second[i]) * (first[i] - second[i]);
    }
    return Math.sqrt(sum / first.length) / 2;
  }

  /** Returns how many of the highest are the same in both. */
  static int shared(double[] a, double[] b) {
    Set<Integer> both = new HashSet<>(highest(a));
    both.retainAll(highest(b));
    return both.size();
  }

  private static List<Integer> highest(double[] scores) {
    List<Integer> found = new ArrayList<>();
    for (int i : IntStream.range(0, scores.length).toArray()) {
      int place = found.size();
      while (place > 0 && scores[found.get(place - 1)] < scores[i]) {
        place--;
      }
      if (place < STRONGEST) {
        found.add(place, i);
        if (found.size() > STRONGEST) {
          found.remove(STRONGEST);
        }
      }
    }
    return found;
  }
}
