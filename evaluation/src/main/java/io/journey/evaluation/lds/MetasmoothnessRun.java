package io.journey.evaluation.lds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.ModelInputs;
import io.journey.random.Seed;
import io.journey.results.EvaluationResult;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Metasmoothness;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.GrowingStage;
import io.journey.run.SettingException;
import io.journey.run.StageWork;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import io.journey.sampling.Trajectory;
import io.journey.statistics.Estimate;
import io.journey.statistics.PixelSimilarity;
import io.journey.training.Retraining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * {@link Metasmoothness} of an ensemble's training: its first checkpoint, coupled models for which
 * one image counts half, and coupled models without it, asked about the targets. A finished
 * directory grows: asked for more images, it trains the models it lacks.
 *
 * @param ensemble whose first checkpoint is asked
 * @param retraining how its checkpoints were trained, coupled
 * @param data all examples
 * @param targets that all models are asked about
 * @param steps t
 * @param images how many images are halved and left out, each by itself
 * @param draws of noise for each answer, even
 * @param seed of which images, and of the noise
 */
public record MetasmoothnessRun(
    Ensemble ensemble,
    Retraining retraining,
    Dataset data,
    List<Trajectory> targets,
    int[] steps,
    int images,
    int draws,
    long seed)
    implements GrowingStage<EvaluationResult> {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-metasmoothness";

  /** A line for each step, the last of all. */
  public static final String TABLE = "metasmoothness.csv";

  /** What an image counts in the models beside the checkpoint, by name. */
  private static final List<String> WEIGHTS = List.of("without", "half");

  /**
   * Below this there is a warning: between a training through which influence predicted next to
   * nothing, 0.56, and one through which it did, 0.88 (docs/results/fashion-mnist-own-seed).
   */
  private static final double ROUGH = 0.75;

  public MetasmoothnessRun {
    if (images < 2 || images > data.size()) {
      throw new SettingException(
          "images must be 2 to the "
              + Counted.of(data.size(), "examples")
              + " of the data, got "
              + images);
    }
  }

  private record Settings(
      int images, int draws, int[] timesteps, long seed, Retraining.Settings retraining) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String unitsSetting() {
    return "images";
  }

  @Override
  public int units() {
    return images;
  }

  @Override
  public MetasmoothnessRun withUnits(int count) {
    return new MetasmoothnessRun(ensemble, retraining, data, targets, steps, count, draws, seed);
  }

  @Override
  public Record settings() {
    return new Settings(images, draws, steps, seed, retraining.settings());
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = data.inputs();
    inputs.put("targets", targets.size());
    inputs.put("trajectories", Trajectory.fingerprint(targets, steps));
    try (Checkpoint first = ensemble.first()) {
      inputs.put("checkpoint", first.fingerprint());
    }
    return inputs;
  }

  @Override
  public void check() {
    ModelInputs model = retraining.modelInputs();
    model.requireImages(data);
    model.requireConditions(targets.stream().map(Trajectory::condition).toList());
  }

  /** The images, in the order they are asked about. */
  private int[] chosen() {
    int[] order = Seed.of(seed).child("metasmoothness").stream().permutation(data.size());
    return Arrays.copyOf(order, images);
  }

  @Override
  public void write(StageWork work) {
    ModelQuestion question =
        new ModelQuestion(
            retraining,
            data,
            targets,
            steps,
            new TruthMeasure.Loss(draws),
            Seed.of(seed).child("metasmoothness noise"),
            Confined.path(work.directory(), "models").toAbsolutePath().toString());
    List<Task> tasks = new ArrayList<>();
    tasks.add(new CheckpointTask(question, ensemble));
    for (int image : chosen()) {
      WEIGHTS.forEach(weight -> tasks.add(new ModelTask(question, image, weight)));
    }
    work.run("Training " + Counted.of(tasks.size() - 1, "models"), "steps", tasks);
    result(work).settings(work.settings()).write(work);
    work.describeData(data.describe());
  }

  @Override
  public EvaluationResult open(Path directory) {
    return EvaluationResult.open(directory).result();
  }

  private static String name(int image, String weight) {
    return String.format(Locale.ROOT, "image-%05d-%s", image, weight);
  }

  private static String file(int image, String weight) {
    return "answers/" + name(image, weight) + ".npy";
  }

  private static final String WHOLE = "answers/whole.npy";

  private record CheckpointTask(ModelQuestion question, Ensemble ensemble) implements Task {
    @Override
    public String file() {
      return WHOLE;
    }

    @Override
    public long size() {
      return 1;
    }

    @Override
    public void run(TaskContext context) {
      question.ask(ensemble, WHOLE, context);
      context.progress().advance(size());
    }
  }

  private record ModelTask(ModelQuestion question, int image, String weight) implements Task {
    @Override
    public String file() {
      return MetasmoothnessRun.file(image, weight);
    }

    @Override
    public long size() {
      return question.retraining().training().steps();
    }

    @Override
    public void run(TaskContext context) {
      BitSet kept = new BitSet();
      kept.set(0, question.data().size());
      BitSet halved = new BitSet();
      if (weight.equals("half")) {
        halved.set(image);
      } else {
        kept.clear(image);
      }
      Ensemble model =
          context.run(
              question.retraining().model(question.data(), kept, halved, 0),
              Confined.path(Path.of(question.models()), name(image, weight)));
      question.ask(model, file(), context);
    }
  }

  /**
   * A line of {@link #TABLE}.
   *
   * @param timestep t, or "all"
   * @param metasmoothness the mean over images
   * @param standardError over images
   * @param correlation of what the first and what the second half of an image does, over targets,
   *     the mean over images
   */
  private record Line(
      String timestep,
      @Csv.Format("%.4f") double metasmoothness,
      @Csv.Format("%.4f") double standardError,
      @Csv.Format("%.4f") double correlation) {}

  /** Means of both halves of the noise, [S][T]. */
  private double[][] answers(StageWork work, String file) {
    int targetCount = targets.size();
    float[] both = new float[GroundTruth.HALVES * steps.length * targetCount];
    Npy.map(work.path(file)).read(0, both, 0, both.length);
    double[][] mean = new double[steps.length][targetCount];
    for (int at = 0; at < both.length; at++) {
      int row = at / targetCount % steps.length;
      mean[row][at % targetCount] += both[at] / GroundTruth.HALVES;
    }
    return mean;
  }

  private EvaluationResult.Draft result(StageWork work) {
    double[][] whole = answers(work, WHOLE);
    double[][] smooth = new double[steps.length + 1][images];
    double[][] alike = new double[steps.length + 1][images];
    int[] chosen = chosen();
    for (int i = 0; i < images; i++) {
      double[][] without = answers(work, file(chosen[i], "without"));
      double[][] half = answers(work, file(chosen[i], "half"));
      for (int s = 0; s < steps.length; s++) {
        smooth[s][i] = Metasmoothness.of(without[s], half[s], whole[s]);
        alike[s][i] =
            PixelSimilarity.correlation(moves(without[s], half[s]), moves(half[s], whole[s]));
        smooth[steps.length][i] += smooth[s][i] / steps.length;
        alike[steps.length][i] += alike[s][i] / steps.length;
      }
    }
    List<Line> lines = new ArrayList<>();
    for (int s = 0; s <= steps.length; s++) {
      Estimate mean = Estimate.of(smooth[s]);
      lines.add(
          new Line(
              s < steps.length ? Integer.toString(steps[s]) : "all",
              mean.mean(),
              mean.standardError(),
              Estimate.of(alike[s]).mean()));
    }
    return draft(lines, Estimate.of(smooth[steps.length]));
  }

  private static float[] moves(double[] from, double[] to) {
    float[] moves = new float[from.length];
    for (int j = 0; j < moves.length; j++) {
      moves[j] = (float) (to[j] - from[j]);
    }
    return moves;
  }

  private EvaluationResult.Draft draft(List<Line> lines, Estimate all) {
    EvaluationResult.Draft draft =
        EvaluationResult.of(
                "Metasmoothness of the training", "Does half of an image do half of what it does?")
            .table(TABLE, Csv.table(Line.class, lines));
    draft.sentence(
        String.format(
            Locale.ROOT,
            "Metasmoothness is %s over %s and %s: 1 where all answers go on in the direction in which"
                + " half of an image moves them, 0 where they turn as often as not.",
            all.text(2),
            Counted.of(images, "images"),
            Counted.of(steps.length, "timesteps")));
    draft.sentence(
        String.format(
            Locale.ROOT,
            "What the first half of an image does and what the second does correlate at %.2f.",
            lines.get(lines.size() - 1).correlation));
    if (!(all.mean() >= ROUGH)) {
      draft.warning(
          "This training is chaotic: what one image does is hardly a slope, and influence of first order,"
              + " of any estimator, cannot mean much for a single checkpoint. Average more checkpoints,"
              + " or train with a larger adamEpsilon, such as 0.001, or a lower learning rate.");
    }
    return draft;
  }
}
