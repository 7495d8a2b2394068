package io.journey.evaluation.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.evaluation.steps.FeatureCurve.Interval;
import io.journey.evaluation.steps.FeatureCurve.Point;
import io.journey.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureCurveTest {
  /** A curve of steps t_1 > t_2 > … with hits of 20. */
  private static FeatureCurve curve(int[] steps, int... hits) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      points.add(new Point(steps[i], Estimate.ofShare(hits[i], 20)));
    }
    return new FeatureCurve(0, "horse", points);
  }

  private static FeatureCurve curve(int... hits) {
    int[] steps = new int[hits.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = 100 * (hits.length - i);
    }
    return curve(steps, hits);
  }

  @Test
  void theSteepestRiseIsPerUnitOfTime() {
    assertThat(curve(2, 4, 13, 20).steepest()).isEqualTo(new Interval(300, 200));
    // Eight in 10 steps are steeper than ten in 300.
    assertThat(curve(new int[] {400, 100, 90}, 2, 12, 20).steepest())
        .isEqualTo(new Interval(100, 90));
    assertThat(curve(9, 9, 5).steepest()).isNull();
  }

  @Test
  void thePassageIsTheLastOneForGood() {
    // 25 % is 5 of 20, 75 % is 15.
    assertThat(curve(1, 5, 9, 15, 20).passage()).isEqualTo(new Interval(400, 200));
    // Decided, lost again, decided at 100: undecided at 200.
    assertThat(curve(1, 16, 4, 17).passage()).isEqualTo(new Interval(200, 100));
    // A dip to 14 in between is no return to 25 %, but ends the first decision.
    assertThat(curve(1, 16, 14, 17).passage()).isEqualTo(new Interval(400, 100));
  }

  @Test
  void whatWasNeverUndecidedOrIsNeverDecidedHasNoPassage() {
    assertThat(curve(6, 10, 20).passage()).isNull();
    assertThat(curve(1, 10, 14).passage()).isNull();
    assertThat(curve(20, 20).passage()).isNull();
  }

  @Test
  void theErrorOfAShareIsBinomial() {
    Estimate share = Estimate.ofShare(15, 60);
    assertThat(share.mean()).isEqualTo(0.25);
    assertThat(share.standardError()).isCloseTo(Math.sqrt(0.25 * 0.75 / 60), within(1e-15));
  }
}
