package io.journey.results.lds;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.random.Seed;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What parts of a ground truth would have told. */
class LdsPowerTest {
  private static final int SUBSETS = 160;
  private static final int TARGETS = 24;

  @TempDir Path folder;

  @Test
  void twiceTheSubsetsTellDifferencesBetterByTheRootOfTwo() {
    RandomSubsets random = new RandomSubsets(60, 0.5, 1);
    List<BitSet> subsets = IntStream.range(0, SUBSETS).mapToObj(random::subset).toList();
    GroundTruth truth =
        GroundTruth.open(
            FakeGroundTruth.write(
                folder.resolve("truth"),
                60,
                subsets,
                2,
                new int[] {1},
                TARGETS,
                (j, seed, half, s, t) -> noise("truth " + seed + " " + half + " " + t, j)));
    double[][][] a = new double[1][TARGETS][];
    double[][][] b = new double[1][TARGETS][];
    for (int t = 0; t < TARGETS; t++) {
      String name = " " + t;
      a[0][t] = IntStream.range(0, SUBSETS).mapToDouble(j -> noise("a" + name, j)).toArray();
      b[0][t] = IntStream.range(0, SUBSETS).mapToDouble(j -> noise("b" + name, j)).toArray();
    }
    List<Prediction> told = List.of(Prediction.of("a", a), Prediction.of("b", b));
    List<LdsPower> power = LdsPower.of(truth, told, new int[] {0});
    assertThat(power.stream().map(LdsPower::models)).containsExactly(320, 160, 160, 320, 320);
    // Unrelated numbers: the deviation falls with the root of the number of subsets and of targets,
    // and neither seeds nor draws change it.
    double all = power.get(0).deviation();
    assertThat(power.get(1).deviation() / all).as("subsets").isBetween(1.2, 1.7);
    assertThat(power.get(2).deviation() / all).as("one seed").isBetween(0.85, 1.15);
    assertThat(power.get(3).deviation() / all).as("targets").isBetween(1.2, 1.7);
    assertThat(power.get(4).deviation() / all).as("draws").isBetween(0.85, 1.15);
    assertThat(power.get(2).agreement()).isNaN();
    assertThat(power.get(0).agreement()).isBetween(-0.2, 0.2);
  }

  private static double noise(String name, int j) {
    return Seed.of(3).child(name).stream().gaussian(j);
  }
}
