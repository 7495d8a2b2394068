package io.journey.evaluation.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.ImageShape;
import io.journey.evaluation.PictureSpace;
import io.journey.evaluation.steps.SeedDistances.Pair;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeedDistancesTest {
  private static final double ROUNDING = 1e-12;

  private static SeedDistances of(float[][][] vectors, List<int[]> pairs) {
    return SeedDistances.of(PictureSpace.pixels(), List.of("a", "b", "c"), vectors, pairs);
  }

  /** Points on a line: a draws 0, 3, 7 and b draws 1, 2, 6 from the same noises. */
  @Test
  void meansAreThoseWorkedOutByHand() {
    float[][][] vectors = {{{0}, {3}, {7}}, {{1}, {2}, {6}}};
    Pair pair = of(vectors, List.of(new int[] {0, 1})).pairs().get(0);
    assertThat(pair.same().mean()).isEqualTo(1);
    assertThat(pair.same().standardError()).isZero();
    // Of a: 0 to 2, 6; 3 to 1, 6; 7 to 1, 2. Of b: 1 to 3, 7; 2 to 0, 7; 6 to 0, 3.
    double[] ofNoise = {
      (2 + 6 + 2 + 6) / 4.0, (2 + 3 + 2 + 5) / 4.0, (6 + 5 + 6 + 3) / 4.0,
    };
    double mean = (ofNoise[0] + ofNoise[1] + ofNoise[2]) / 3;
    assertThat(pair.different().mean()).isCloseTo(mean, within(ROUNDING));
    double squares = 0;
    for (double one : ofNoise) {
      squares += (one - mean) * (one - mean);
    }
    assertThat(pair.different().standardError())
        .isCloseTo(Math.sqrt(squares / 2 / 3), within(ROUNDING));
    assertThat(pair.nearest().mean()).isEqualTo(1);
    assertThat(pair.samples()[0]).containsExactly(1, 1, 1);
    assertThat(pair.samples()[1]).containsExactly(2, 3, 6);
  }

  /** b's picture of noise 1 is nearest to both of a: one of four is not its partner's. */
  @Test
  void aNearerStrangerIsNoticedFromBothSides() {
    float[][][] vectors = {{{0}, {3}}, {{10}, {2.5f}}};
    Pair pair = of(vectors, List.of(new int[] {0, 1})).pairs().get(0);
    // From a: 0 is nearer to 2.5 than to 10; 3 is nearest to 2.5. From b: 10 to 3; 2.5 to 3.
    assertThat(pair.nearest().mean()).isEqualTo(0.5);
  }

  @Test
  void allIsTheMeanOfPairsWithErrorsOverNoises() {
    float[][][] vectors = {{{0}, {0}}, {{1}, {3}}, {{2}, {2}}};
    SeedDistances found =
        of(vectors, List.of(new int[] {0, 1}, new int[] {0, 2}, new int[] {1, 2}));
    assertThat(found.pairs()).extracting(Pair::second).containsExactly("b", "c", "c");
    // Noise 0: 1, 2, 1; noise 1: 3, 2, 1.
    assertThat(found.all().same().mean()).isCloseTo((4 / 3.0 + 2) / 2, within(ROUNDING));
    assertThat(found.all().same().standardError()).isCloseTo(1 / 3.0, within(ROUNDING));
    assertThat(found.all().same().count()).isEqualTo(2);
  }

  @Test
  void pixelsAreCutOffBeforeTheyAreCompared() {
    float[][] vectors =
        PictureSpace.pixels().vectors(List.of(new float[] {-3, 0.5f}), new ImageShape(1, 1, 2));
    assertThat(vectors[0]).containsExactly(-1, 0.5f);
    assertThat(PictureSpace.pixels().distance(new float[] {0, 3}, new float[] {4, 0})).isEqualTo(5);
  }
}
