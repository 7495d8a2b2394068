package io.journey.results.lds;

import io.journey.array.Npy;
import io.journey.results.ExampleTable;
import io.journey.results.Timesteps;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The change that training data really make: f_t (Georgiev et al., Eq. 3) of models trained on
 * random subsets, all on the same x̂0 and the same noise, or how far the pictures are that they
 * draw. With it a new estimator is judged without training anything. Format: {@code
 * docs/formats/ground-truth.md}.
 */
public final class GroundTruth implements Truth {
  /** The manifest's kind. */
  public static final String KIND = "ground-truth";

  /** The format of its files: the first had −f_t. */
  public static final int FORMAT = 2;

  /** File of the subsets' examples: float16 [subsets, N], 1 or 0. */
  public static final String SUBSETS = "subsets.npy";

  /** f_t: float32 [subsets, seeds, halves of the draws, steps, targets]. */
  public static final String MEASUREMENTS = "measurements.npy";

  /** The setting {@code measure} where distances of pictures drawn again stand in place of f_t. */
  public static final String PICTURE = "picture";

  /**
   * The setting {@code truth} where models share their randomness with the attributed checkpoints.
   */
  public static final String OWN_SEED = "own-seed";

  /** f_t is kept for two halves of its noise apart: how far they agree is what its draws cost. */
  public static final int HALVES = 2;

  private final Manifest manifest;
  private final List<ExampleTable.Example> examples;
  private final List<BitSet> subsets;
  private final int[] steps;
  private final int seeds;
  private final int halves;
  private final int targets;
  private final float[] measurements;

  private GroundTruth(
      Manifest manifest,
      List<ExampleTable.Example> examples,
      List<BitSet> subsets,
      int[] steps,
      int seeds,
      int halves,
      int targets,
      float[] measurements) {
    this.manifest = manifest;
    this.examples = examples;
    this.subsets = subsets;
    this.steps = steps;
    this.seeds = seeds;
    this.halves = halves;
    this.targets = targets;
    this.measurements = measurements;
  }

  /**
   * Opens a finished pack.
   *
   * @throws JourneyException if it is damaged, its subsets differ in size or repeat, or a
   *     measurement is no number
   */
  public static GroundTruth open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND, FORMAT);
    int[] steps = Timesteps.rising(manifest.settingFields());
    List<ExampleTable.Example> examples = ExampleTable.read(manifest.verified(ExampleTable.FILE));
    List<BitSet> subsets = subsets(manifest, examples.size());
    Npy npy = Npy.map(manifest.verified(MEASUREMENTS));
    long[] shape = npy.shape();
    if (shape.length != 5
        || shape[0] != subsets.size()
        || shape[2] != HALVES
        || shape[3] != steps.length
        || Arrays.stream(shape).anyMatch(side -> side < 1 || side > Integer.MAX_VALUE)) {
      throw new JourneyException(
          directory
              + " has measurements of the shape "
              + Arrays.toString(shape)
              + ", which does not fit its subsets and steps: make it again.");
    }
    float[] measurements = new float[npy.count()];
    npy.read(0, measurements, 0, measurements.length);
    for (float measurement : measurements) {
      if (!Float.isFinite(measurement)) {
        throw new JourneyException(
            directory
                + " has a measurement that is "
                + measurement
                + ": a model diverged, train anew.");
      }
    }
    return new GroundTruth(
        manifest,
        examples,
        subsets,
        steps,
        Math.toIntExact(shape[1]),
        HALVES,
        Math.toIntExact(shape[4]),
        measurements);
  }

  private static List<BitSet> subsets(Manifest manifest, int examples) {
    Npy npy = Npy.map(manifest.verified(SUBSETS));
    if (npy.shape().length != 2 || npy.shape()[0] < 1 || npy.shape()[1] != examples) {
      throw new JourneyException(
          manifest.directory() + " has subsets that do not fit its examples: make it again.");
    }
    List<BitSet> subsets = new ArrayList<>();
    float[] row = new float[examples];
    for (int j = 0; j < npy.shape()[0]; j++) {
      npy.read((long) j * examples, row, 0, examples);
      BitSet subset = new BitSet(examples);
      for (int i = 0; i < examples; i++) {
        subset.set(i, row[i] == 1);
      }
      subsets.add(subset);
    }
    requireEqualAndDistinct(subsets, manifest.directory());
    return subsets;
  }

  /** Refuses subsets that would make LDS something else than it claims. */
  public static void requireEqualAndDistinct(List<BitSet> subsets, Object where) {
    Set<BitSet> seen = new HashSet<>();
    for (int j = 0; j < subsets.size(); j++) {
      if (subsets.get(j).cardinality() != subsets.get(0).cardinality()) {
        throw new JourneyException(
            where
                + " has subsets of "
                + subsets.get(0).cardinality()
                + " and of "
                + Counted.of(subsets.get(j).cardinality(), "examples")
                + ", expected one size: sums over them would measure their sizes.");
      }
      if (!seen.add(subsets.get(j))) {
        throw new JourneyException(
            where + " has the subset " + j + " twice, expected each once: name another --seed.");
      }
    }
  }

  /** Settings and inputs that made it. */
  public Manifest manifest() {
    return manifest;
  }

  @Override
  public String data() {
    return manifest.inputFields().text("data");
  }

  @Override
  public String trajectories() {
    return manifest.inputFields().text("trajectories");
  }

  @Override
  public int checkpoints() {
    return isOwnSeed() ? seeds : 0;
  }

  /** Returns the training examples, one a column of the subsets. */
  @Override
  public List<ExampleTable.Example> examples() {
    return examples;
  }

  /** Returns the subsets, all of one size, no two alike. */
  public List<BitSet> subsets() {
    return subsets;
  }

  @Override
  public int[] steps() {
    return steps.clone();
  }

  /** Returns in words whose randomness its models have and what part of the data they saw. */
  String label() {
    double part = 100.0 * subsets.get(0).cardinality() / examples.size();
    return (isOwnSeed() ? "own seed, " : "other seeds, ")
        + String.format(Locale.ROOT, part == Math.rint(part) ? "%.0f" : "%.1f", part)
        + " % of the data";
  }

  /** Returns how many models there are of each subset. */
  public int seeds() {
    return seeds;
  }

  /**
   * In how many parts of the noise draws measurements are kept: {@link #HALVES}, or 1 of a part.
   */
  int halves() {
    return halves;
  }

  @Override
  public boolean isOfPictures() {
    return manifest.settings().path("measure").asText().equals(PICTURE);
  }

  /**
   * Returns whether the models of seed s share initial weights, order and noise with checkpoint s
   * of the attributed ensemble: then all that they do is the work of their images.
   */
  public boolean isOwnSeed() {
    return manifest.settings().path("truth").asText().equals(OWN_SEED);
  }

  /**
   * Returns what each example does by itself: −f_t of the model trained on all, less that of the
   * model trained without it, but for a constant of the step and target.
   *
   * @param step an index into {@link #steps()}
   * @return [N], positive where the example lowers f_t
   * @throws JourneyException if subset j is not all but example j
   */
  public float[] leftOut(int step, int target) {
    LeaveOneOut expected = new LeaveOneOut(examples.size());
    boolean fits = subsets.size() == examples.size();
    for (int j = 0; fits && j < subsets.size(); j++) {
      fits = subsets.get(j).equals(expected.subset(j));
    }
    if (!fits) {
      throw new JourneyException(
          manifest.directory()
              + " is no ground truth of models without one image each: make it with"
              + " --leave-one-out.");
    }
    double[] without = predictable(step, target);
    double mean = Arrays.stream(without).average().orElseThrow();
    float[] scores = new float[without.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) (mean - without[i]);
    }
    return scores;
  }

  @Override
  public int targets() {
    return targets;
  }

  /** Returns the first subsets and targets as a ground truth of its own. */
  GroundTruth only(int ofSubsets, int ofTargets) {
    int rows = ofSubsets * seeds * halves * steps.length;
    float[] chosen = new float[rows * ofTargets];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(measurements, row * targets, chosen, row * ofTargets, ofTargets);
    }
    return new GroundTruth(
        manifest, examples, subsets.subList(0, ofSubsets), steps, seeds, halves, ofTargets, chosen);
  }

  /** Returns a part of the models and draws as a ground truth of its own. */
  public GroundTruth only(int[] ofSeeds, int[] ofHalves) {
    int cells = steps.length * targets;
    float[] chosen = new float[subsets.size() * ofSeeds.length * ofHalves.length * cells];
    int to = 0;
    for (int j = 0; j < subsets.size(); j++) {
      for (int seed : ofSeeds) {
        for (int half : ofHalves) {
          int from = ((j * seeds + seed) * halves + half) * cells;
          System.arraycopy(measurements, from, chosen, to, cells);
          to += cells;
        }
      }
    }
    return new GroundTruth(
        manifest, examples, subsets, steps, ofSeeds.length, ofHalves.length, targets, chosen);
  }

  /**
   * Returns −f_t of the models of one training seed, the mean over all draws: what scores predict,
   * as positive ones lower f_t.
   *
   * @param step an index into {@link #steps()}
   * @return [subsets]
   */
  public double[] predictable(int seed, int step, int target) {
    double[] out = new double[subsets.size()];
    for (int j = 0; j < out.length; j++) {
      for (int half = 0; half < halves; half++) {
        int at = (((j * seeds + seed) * halves + half) * steps.length + step) * targets + target;
        out[j] -= measurements[at] / (double) halves;
      }
    }
    return out;
  }

  /** Returns the mean of it over training seeds, [subsets]. */
  public double[] predictable(int step, int target) {
    double[] mean = new double[subsets.size()];
    for (int seed = 0; seed < seeds; seed++) {
      double[] one = predictable(seed, step, target);
      for (int j = 0; j < mean.length; j++) {
        mean[j] += one[j] / seeds;
      }
    }
    return mean;
  }

  /**
   * Returns the predictions of scores: their sum over each subset.
   *
   * @param scores [N]
   * @return [subsets]
   */
  @Override
  public double[] predictions(float[] scores) {
    double[] sums = new double[subsets.size()];
    for (int j = 0; j < sums.length; j++) {
      BitSet subset = subsets.get(j);
      double sum = 0;
      for (int i = subset.nextSetBit(0); i >= 0; i = subset.nextSetBit(i + 1)) {
        sum += scores[i];
      }
      sums[j] = sum;
    }
    return sums;
  }
}
