package io.journey.evaluation.steps;

import io.journey.evaluation.PictureSpace;
import io.journey.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;

/**
 * The likeness of two models' samples from the same noise (Georgiev et al., appendix B.1): for
 * pairs of models, the distances of pictures with the same and with different noise.
 *
 * @param pairs one entry for each pair of models
 * @param all over all pairs; its standard errors are over noises, the models being given
 */
public record SeedDistances(List<Pair> pairs, Pair all) {
  /** The name of both models in the entry of all pairs. */
  public static final String ALL = "all";

  /**
   * Means over noises n = 0..N−1.
   *
   * @param first a model
   * @param second another
   * @param same distance of their pictures with the same noise
   * @param different distance of a picture with noise n and one of the other model with other
   *     noise, a mean over all other noises and both directions
   * @param nearest share of pictures whose partner with the same noise is nearer than all N − 1
   *     others of that model, both directions; by chance 1/N
   * @param samples of distances, for a histogram: with the same noise, and with the next one,
   *     [2][N]
   */
  public record Pair(
      String first,
      String second,
      Estimate same,
      Estimate different,
      Estimate nearest,
      double[][] samples) {}

  /** Numbers of one pair of models, each [N]. */
  private record Rows(double[] same, double[] different, double[] nearest, double[] next) {
    Pair named(String first, String second) {
      return new Pair(
          first,
          second,
          Estimate.of(same),
          Estimate.of(different),
          Estimate.of(nearest),
          new double[][] {same, next});
    }
  }

  public SeedDistances {
    pairs = List.copyOf(pairs);
  }

  /**
   * Measures.
   *
   * @param space gives distances
   * @param names of the models
   * @param vectors of their pictures, [M][N][D], N at least 2
   * @param pairs of models, indices
   */
  static SeedDistances of(
      PictureSpace space, List<String> names, float[][][] vectors, List<int[]> pairs) {
    List<Rows> rows = new ArrayList<>();
    List<Pair> out = new ArrayList<>();
    for (int[] pair : pairs) {
      Rows measured = measure(space, vectors[pair[0]], vectors[pair[1]]);
      rows.add(measured);
      out.add(measured.named(names.get(pair[0]), names.get(pair[1])));
    }
    return new SeedDistances(out, mean(rows).named(ALL, ALL));
  }

  private static Rows measure(PictureSpace space, float[][] a, float[][] b) {
    int count = a.length;
    double[][] distance = new double[count][count];
    for (int n = 0; n < count; n++) {
      for (int m = 0; m < count; m++) {
        distance[n][m] = space.distance(a[n], b[m]);
      }
    }
    Rows rows =
        new Rows(new double[count], new double[count], new double[count], new double[count]);
    for (int n = 0; n < count; n++) {
      boolean nearestOfRow = true;
      boolean nearestOfColumn = true;
      double sum = 0;
      for (int m = 0; m < count; m++) {
        if (m != n) {
          sum += distance[n][m] + distance[m][n];
          nearestOfRow &= distance[n][n] < distance[n][m];
          nearestOfColumn &= distance[n][n] < distance[m][n];
        }
      }
      rows.same[n] = distance[n][n];
      rows.different[n] = sum / (2 * (count - 1));
      rows.nearest[n] = (nearestOfRow ? 0.5 : 0) + (nearestOfColumn ? 0.5 : 0);
      rows.next[n] = distance[n][(n + 1) % count];
    }
    return rows;
  }

  private static Rows mean(List<Rows> rows) {
    int count = rows.get(0).same.length;
    Rows mean =
        new Rows(new double[count], new double[count], new double[count], new double[count]);
    for (Rows row : rows) {
      for (int n = 0; n < count; n++) {
        mean.same[n] += row.same[n] / rows.size();
        mean.different[n] += row.different[n] / rows.size();
        mean.nearest[n] += row.nearest[n] / rows.size();
        mean.next[n] += row.next[n] / rows.size();
      }
    }
    return mean;
  }
}
