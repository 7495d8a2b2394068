package io.journey.evaluation.steps;

import io.journey.statistics.Estimate;
import java.util.List;
import java.util.Locale;

/**
 * The probability that the final image has a feature, given the latent of timestep t (Georgiev et
 * al., section 3.1 and figure 3), and where that is decided.
 *
 * @param target number of the trajectory
 * @param feature the class looked for
 * @param points by step, falling as a drawing goes
 */
public record FeatureCurve(int target, String feature, List<Point> points) {
  /** The share below which a feature is undecided, and the one above which it is decided. */
  static final double UNDECIDED = 0.25;

  static final double DECIDED = 0.75;

  /**
   * The likelihood at a step.
   *
   * @param step t
   * @param share of pictures from p_θ(·|x_t) that are classified as the feature; its standard error
   *     is that of a binomial count
   */
  public record Point(int step, Estimate share) {}

  /**
   * A part of the drawing.
   *
   * @param from t where it begins
   * @param to t where it ends, below
   */
  public record Interval(int from, int to) {}

  public FeatureCurve {
    points = List.copyOf(points);
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).step() >= points.get(i - 1).step()) {
        throw new IllegalArgumentException("steps must fall");
      }
    }
  }

  /**
   * Returns the two neighbouring steps between which the share rises most for each unit of t; the
   * earlier of equals in the drawing. Null where it rises nowhere.
   */
  public Interval steepest() {
    Interval steepest = null;
    double most = 0;
    for (int i = 1; i < points.size(); i++) {
      Point before = points.get(i - 1);
      Point after = points.get(i);
      double rise = after.share().mean() - before.share().mean();
      double slope = rise / (before.step() - after.step());
      if (slope > most) {
        most = slope;
        steepest = new Interval(before.step(), after.step());
      }
    }
    return steepest;
  }

  /** Returns where it is decided, as a person would say it. */
  public String sentence() {
    Interval rise = steepest();
    Interval passage = passage();
    String start = "Target " + target + ", " + feature + ": ";
    if (rise == null) {
      return start + "its likelihood rises at no step.";
    }
    String steepest =
        String.format(
            Locale.ROOT,
            "steepest from t = %d (%.0f %%) to %d (%.0f %%)",
            rise.from(),
            100 * shareAt(rise.from()),
            rise.to(),
            100 * shareAt(rise.to()));
    return passage == null
        ? start + steepest + "."
        : String.format(
            Locale.ROOT,
            "%s%s, from 25 %% to 75 %% between t = %d and %d.",
            start,
            steepest,
            passage.from(),
            passage.to());
  }

  /** Returns the share at a step. */
  public double shareAt(int step) {
    return points.stream()
        .filter(p -> p.step() == step)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no step " + step))
        .share()
        .mean();
  }

  /**
   * Returns the passage from undecided to decided: it ends at the first step in the drawing from
   * which on the share stays at 75 % or more, and begins at the last step before at which it is 25
   * % or less. Null where the share never stays at 75 %, or has never been at 25 % before.
   */
  public Interval passage() {
    int decided = points.size();
    while (decided > 0 && points.get(decided - 1).share().mean() >= DECIDED) {
      decided--;
    }
    if (decided == points.size()) {
      return null;
    }
    for (int i = decided - 1; i >= 0; i--) {
      if (points.get(i).share().mean() <= UNDECIDED) {
        return new Interval(points.get(i).step(), points.get(decided).step());
      }
    }
    return null;
  }
}
