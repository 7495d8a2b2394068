package io.journey.results;

import io.journey.array.Npy;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.SettingException;
import io.journey.statistics.Estimate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Scores of every training example at every attributed step of every target. A positive score:
 * training on the example makes the target's predicted original more likely at that step.
 *
 * <p>Read from the directory {@code journey attribute} writes, or fresh from an attributor.
 */
public final class Attribution {
  /** More parts of training than these are no attribution's of ours. */
  private static final int MOST_PARTS = 1000;

  /** More steps than these are not listed in a message. */
  private static final int LISTED = 20;

  /**
   * The unit of scores that are, to first order, what f_t would gain if the image had never been
   * met.
   */
  public static final String CHANGE = "change of f_t";

  /** The manifest's kind. */
  public static final String KIND = "attribution";

  /** The input that describes the LoRA whose pairs alone were asked about, where there is one. */
  public static final String LORA = "lora";

  /** The input that names the file of each target that no model drew; absent for drawings. */
  public static final String FILES = "files";

  /** The input {@code asked} of an attribution of pictures that no model drew. */
  public static final String ASKED_PICTURES =
      "how likely the model finds each picture at each timestep; no model drew them, so x0 is the"
          + " picture itself";

  /** The scores' file: float32 [steps, targets, N]. */
  public static final String SCORES = "scores.npy";

  /**
   * The part of the scores that comes from the numbers at even places of features, float32 [steps,
   * targets, N]; only where scores are plain products of random projections.
   */
  public static final String EVEN = "scores-even.npy";

  /**
   * How much each training image moved the targets in each part of training, the earliest first:
   * float32 [N, parts]; only where training itself was followed.
   */
  public static final String LEARNT = "learnt.npy";

  /**
   * The targets' images: xt and x0 [steps, targets, C, H, W], image [targets, C, H, W]; of a model
   * with classes labels [targets].
   */
  public static final String TARGETS = "targets.safetensors";

  /** Top and bottom examples of every target and step. */
  public static final String RANKING = "ranking.csv";

  /** The loss curves of the checkpoints, where they have any. */
  public static final String LOSS = "loss.csv";

  /** Scores of the whole trajectory, Σ_t w_t τ_t/σ_t: float32 [targets, N]; where asked for. */
  public static final String OVER_STEPS = "scores-over-steps.npy";

  /** The weights of steps in {@link #OVER_STEPS}, a {@link StepWeight} a line. */
  public static final String STEP_WEIGHTS = "over-steps.csv";

  /**
   * A line of {@link #STEP_WEIGHTS}.
   *
   * @param weight w_t; those of a target sum to 1
   * @param deviation σ_t, the standard deviation of all scores at the step
   */
  public record StepWeight(
      int target,
      int timestep,
      @Csv.Format("%.17g") double weight,
      @Csv.Format("%.17g") double deviation) {}

  /** Reads the scores of one step of one target. */
  @FunctionalInterface
  public interface Source {
    /** Returns the scores of all examples, [N], which are the caller's. */
    float[] scores(int step, int target);
  }

  private final Manifest manifest;
  private final List<ExampleTable.Example> examples;
  private final int[] steps;
  private final int targets;
  private final Source source;

  // What is kept beside the scores, compared with its checksum when it is first asked for.
  private final Map<String, Npy> ofCheckpoints = new ConcurrentHashMap<>();
  private Npy even;
  private OverSteps overSteps;

  private Attribution(
      Manifest manifest,
      List<ExampleTable.Example> examples,
      int[] steps,
      int targets,
      Source source) {
    this.manifest = manifest;
    this.examples = examples;
    this.steps = steps;
    this.targets = targets;
    this.source = source;
  }

  /**
   * Returns an attribution that is in memory only.
   *
   * @param steps rising
   * @param targets how many
   */
  public static Attribution inMemory(
      List<ExampleTable.Example> examples, int[] steps, int targets, Source source) {
    return new Attribution(null, examples, steps, targets, source);
  }

  /** Opens a finished attribution; a damaged file is an error. */
  public static Attribution open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND);
    int[] steps = Timesteps.rising(manifest.settingFields());
    List<ExampleTable.Example> examples = ExampleTable.read(manifest.verified(ExampleTable.FILE));
    Npy scores = Npy.map(manifest.verified(SCORES));
    long[] shape = scores.shape();
    if (shape.length != 3
        || shape[0] != steps.length
        || shape[1] < 1
        || shape[2] != examples.size()
        || !scores.dtype().isFloat()) {
      throw new JourneyException(
          directory + " has scores that do not fit its steps and examples: make it again.");
    }
    int targets = Math.toIntExact(shape[1]);
    int size = examples.size();
    return new Attribution(
        manifest,
        examples,
        steps,
        targets,
        (step, target) -> {
          float[] out = new float[size];
          scores.read(((long) step * targets + target) * size, out, 0, size);
          return out;
        });
  }

  /** Returns the file of one checkpoint's own scores, float32 [steps, targets, N]. */
  public static String checkpointScoresFile(String member) {
    return member + ".scores.npy";
  }

  /** Returns the file of one checkpoint's part of {@link #EVEN}. */
  public static String checkpointEvenFile(String member) {
    return member + ".scores-even.npy";
  }

  /** Returns the file of one checkpoint's part of {@link #LEARNT}. */
  public static String checkpointLearntFile(String member) {
    return member + ".learnt.npy";
  }

  /** Returns the file of one checkpoint's f_t (Eq. 3), float32 [steps, targets]. */
  public static String checkpointMeasurementFile(String member) {
    return member + ".measurement.npy";
  }

  /** Returns the checkpoints whose own scores are kept; none of one that is in memory only. */
  public List<String> checkpointNames() {
    List<String> members = new ArrayList<>();
    if (manifest == null) {
      return members;
    }
    manifest
        .inputFields()
        .object("checkpoints")
        .fieldNames()
        .forEachRemaining(
            member -> {
              if (manifest.lists(checkpointScoresFile(member))) {
                members.add(member);
              }
            });
    return members;
  }

  /**
   * Returns the scores by one checkpoint alone, float32 [steps, targets, N]; a damaged file is an
   * error.
   */
  public Npy checkpointScores(String member) {
    return ofCheckpoints.computeIfAbsent(member, this::openCheckpointScores);
  }

  /**
   * Returns half the width of a 95 % interval of each score over checkpoints, by Student's t: how
   * far the mean over checkpoints may be from that over all training seeds and all draws of f_t's
   * noise, as each checkpoint is asked with draws of its own.
   *
   * @param step an index into {@link #steps()}
   * @return [N], in units of scores; NaN where there are fewer than two checkpoints
   */
  public float[] margins(int step, int target) {
    List<String> members = checkpointNames();
    float[][] of = new float[members.size()][size()];
    for (int k = 0; k < of.length; k++) {
      long from = ((long) step * targets + target) * size();
      checkpointScores(members.get(k)).read(from, of[k], 0, size());
    }
    float[] margins = new float[size()];
    for (int i = 0; i < margins.length; i++) {
      int image = i;
      double[] ofImage = Arrays.stream(of).mapToDouble(scores -> scores[image]).toArray();
      margins[i] = (float) Estimate.of(ofImage).margin();
    }
    return margins;
  }

  private Npy openCheckpointScores(String member) {
    Npy scores = Npy.map(manifest.verified(checkpointScoresFile(member)));
    long[] expected = {steps.length, targets, size()};
    if (!Arrays.equals(scores.shape(), expected)) {
      throw new JourneyException(
          "The scores of "
              + member
              + " have the shape "
              + Arrays.toString(scores.shape())
              + ", expected "
              + Arrays.toString(expected)
              + ": make the attribution again.");
    }
    return scores;
  }

  /**
   * Returns the scores in two halves, from the even and from the odd places of features: how little
   * they agree shows what the projection leaves to chance.
   *
   * @return two attributions of the same steps, targets and examples; empty where there are none
   */
  public Optional<List<Attribution>> halves() {
    if (manifest == null || !manifest.lists(EVEN)) {
      return Optional.empty();
    }
    Npy half = even();
    Source even =
        (step, target) -> {
          float[] out = new float[size()];
          half.read(((long) step * targets + target) * size(), out, 0, size());
          return out;
        };
    Source odd =
        (step, target) -> {
          float[] out = scores(step, target);
          float[] other = even.scores(step, target);
          for (int i = 0; i < out.length; i++) {
            out[i] -= other[i];
          }
          return out;
        };
    return Optional.of(
        List.of(
            new Attribution(manifest, examples, steps, targets, even),
            new Attribution(manifest, examples, steps, targets, odd)));
  }

  private synchronized Npy even() {
    if (even == null) {
      Npy half = Npy.map(manifest.verified(EVEN));
      long[] expected = {steps.length, targets, size()};
      if (!Arrays.equals(half.shape(), expected) || !half.dtype().isFloat()) {
        throw new JourneyException(
            manifest.directory()
                + "/"
                + EVEN
                + " has the shape "
                + Arrays.toString(half.shape())
                + ", expected "
                + Arrays.toString(expected)
                + ": make the attribution again.");
      }
      even = half;
    }
    return even;
  }

  /**
   * Returns the scores of the whole trajectory, whose name is the setting {@code over_steps}.
   *
   * @return empty where they were not asked for
   */
  public synchronized Optional<OverSteps> overSteps() {
    if (overSteps == null && manifest != null && manifest.lists(OVER_STEPS)) {
      overSteps = OverSteps.of(this);
    }
    return Optional.ofNullable(overSteps);
  }

  /**
   * Returns how much each image moved the targets in each part of training, the earliest first, the
   * mean over checkpoints.
   *
   * @return [N][parts], without sign, in units of scores; empty where training was not followed
   */
  public Optional<float[][]> learnt() {
    if (manifest == null || !manifest.lists(LEARNT)) {
      return Optional.empty();
    }
    Npy npy = Npy.map(manifest.verified(LEARNT));
    if (npy.shape().length != 2
        || npy.shape()[0] != size()
        || npy.shape()[1] < 1
        || npy.shape()[1] > MOST_PARTS
        || !npy.dtype().isFloat()) {
      throw new JourneyException(
          manifest.directory()
              + " has "
              + LEARNT
              + " of the shape "
              + Arrays.toString(npy.shape())
              + ", which does not fit its examples: make the attribution again.");
    }
    int parts = Math.toIntExact(npy.shape()[1]);
    float[][] learnt = new float[size()][parts];
    for (int i = 0; i < learnt.length; i++) {
      npy.read((long) i * parts, learnt[i], 0, parts);
    }
    return Optional.of(learnt);
  }

  /** Returns whether scores have the unit {@link #CHANGE}; others rank images and have none. */
  public boolean isChange() {
    return manifest != null && manifest.settings().path("unit").asText().equals(CHANGE);
  }

  /** Returns the settings and inputs that made it; null for one that is in memory only. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Returns the file of each target that no model drew, [targets]; none where a model drew them.
   */
  public List<String> files() {
    List<String> files = new ArrayList<>();
    if (manifest != null) {
      manifest.inputs().path(FILES).forEach(file -> files.add(file.asText()));
    }
    return files;
  }

  /** Returns the training examples, in the order of scores. */
  public List<ExampleTable.Example> examples() {
    return examples;
  }

  /** Returns the attributed steps t, rising. */
  public int[] steps() {
    return steps.clone();
  }

  /** Returns the number of targets. */
  public int targets() {
    return targets;
  }

  /** Returns the number of training examples N. */
  public int size() {
    return examples.size();
  }

  /**
   * Returns the scores of all examples.
   *
   * @param step an index into {@link #steps()}
   * @param target 0 &lt;= target &lt; {@link #targets()}
   * @return [N]
   */
  public float[] scores(int step, int target) {
    return source.scores(step, target);
  }

  /** Returns the scores at step t of the only target. */
  public StepScores at(int t) {
    if (targets != 1) {
      throw new SettingException("there are " + Counted.of(targets, "targets") + ": say which");
    }
    return at(t, 0);
  }

  /** Returns the scores at step t of a target. */
  public StepScores at(int t, int target) {
    return new StepScores(scores(indexOf(t), target), examples);
  }

  /**
   * Returns where step t stands among {@link #steps()}.
   *
   * @throws SettingException if it was not attributed
   */
  public int indexOf(int t) {
    int at = Arrays.binarySearch(steps, t);
    if (at < 0) {
      throw new SettingException(
          "step "
              + t
              + " was not attributed, only "
              + (steps.length <= LISTED
                  ? Arrays.toString(steps)
                  : Counted.of(steps.length, "steps")
                      + " from "
                      + steps[0]
                      + " to "
                      + steps[steps.length - 1])
              + ": name steps it has");
    }
    return at;
  }
}
