package io.journey.evaluation.lds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.model.Ensemble;
import io.journey.model.ModelInputs;
import io.journey.random.Seed;
import io.journey.results.ExampleTable;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.RandomSubsets;
import io.journey.results.lds.Subsets;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.GrowingStage;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import io.journey.sampling.Trajectory;
import io.journey.training.Retraining;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Makes a {@link GroundTruth}: trains models on random subsets and measures each. Models are run
 * directories of their own, one for each subset and seed, so that what has been trained is used
 * again for more subsets, seeds or targets. A finished ground truth grows: asked for more subsets,
 * it trains those it lacks. Each worker trains one model at a time.
 *
 * @param retraining how models are trained
 * @param data all examples
 * @param targets that all models are asked about
 * @param steps t
 * @param subsets where they come from
 * @param count how many subsets
 * @param seeds models of each subset
 * @param measure what is measured of a model
 * @param ownSeed whether the models of seed s share their randomness with checkpoint s of the
 *     attributed ensemble, whose seed the retraining has
 * @param models holds the models; of other runs too, if they were trained alike
 */
public record GroundTruthRun(
    Retraining retraining,
    Dataset data,
    List<Trajectory> targets,
    int[] steps,
    Subsets subsets,
    int count,
    int seeds,
    TruthMeasure measure,
    boolean ownSeed,
    Path models)
    implements GrowingStage<GroundTruth> {
  public GroundTruthRun {
    if (count < 2 || seeds < 1) {
      throw new SettingException(
          "ground truth needs at least 2 subsets and 1 seed, got " + count + " and " + seeds);
    }
    if (subsets.examples() != data.size()) {
      throw new SettingException(
          "subsets of "
              + Counted.of(subsets.examples(), "examples")
              + ", the data have "
              + data.size());
    }
  }

  /** The name of the model of subset j and a seed. */
  static String modelName(int subset, int seed) {
    return String.format(Locale.ROOT, "subset-%04d/seed-%d", subset, seed);
  }

  private static String measurementFile(int subset, int seed) {
    return "measurements/" + modelName(subset, seed) + ".npy";
  }

  private record Settings(
      int subsets,
      Double fraction,
      Long subsetSeed,
      int seeds,
      Integer draws,
      int[] timesteps,
      String measure,
      String truth,
      Record retraining) {}

  @Override
  public String kind() {
    return GroundTruth.KIND;
  }

  @Override
  public int format() {
    return GroundTruth.FORMAT;
  }

  @Override
  public String unitsSetting() {
    return "subsets";
  }

  @Override
  public int units() {
    return count;
  }

  @Override
  public GroundTruthRun withUnits(int subsetCount) {
    return new GroundTruthRun(
        retraining, data, targets, steps, subsets, subsetCount, seeds, measure, ownSeed, models);
  }

  @Override
  public void check() {
    ModelInputs model = retraining.modelInputs();
    model.requireImages(data);
    model.requireConditions(targets.stream().map(Trajectory::condition).toList());
    measure.check();
  }

  @Override
  public Record settings() {
    RandomSubsets random = subsets instanceof RandomSubsets drawn ? drawn : null;
    return new Settings(
        count,
        random == null ? null : random.fraction(),
        random == null ? null : random.seed(),
        seeds,
        measure.draws(),
        steps,
        measure.name(),
        ownSeed ? GroundTruth.OWN_SEED : null,
        retraining.settings());
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = data.inputs();
    inputs.put("targets", targets.size());
    inputs.put("trajectories", Trajectory.fingerprint(targets, steps));
    return inputs;
  }

  @Override
  public void write(StageWork work) {
    List<BitSet> drawn = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      drawn.add(subsets.subset(j));
    }
    GroundTruth.requireEqualAndDistinct(drawn, work.directory());
    ModelQuestion question =
        new ModelQuestion(
            retraining,
            data,
            targets,
            steps,
            measure,
            Seed.of(retraining.seed()).child("ground-truth"),
            models.toAbsolutePath().toString());
    List<ModelTask> tasks = new ArrayList<>();
    for (int unit = 0; unit < count * seeds; unit++) {
      tasks.add(new ModelTask(question, unit / seeds, unit % seeds, drawn.get(unit / seeds)));
    }
    work.run("Training " + Counted.of(tasks.size(), "models"), "steps", tasks);
    assemble(work, drawn);
    work.describeData(data.describe());
    work.timing().put("data_spec", data.spec());
  }

  @Override
  public GroundTruth open(Path directory) {
    return GroundTruth.open(directory);
  }

  /** A model that is trained, and asked about the targets. */
  private record ModelTask(ModelQuestion question, int subset, int seed, BitSet kept)
      implements Task {
    @Override
    public String file() {
      return measurementFile(subset, seed);
    }

    @Override
    public long size() {
      return question.retraining().training().steps();
    }

    @Override
    public void run(TaskContext context) {
      Path folder = Confined.path(Path.of(question.models()), modelName(subset, seed));
      Ensemble model =
          context.run(question.retraining().model(question.data(), kept, seed), folder);
      question.ask(model, file(), context);
    }
  }

  private void assemble(StageFiles run, List<BitSet> drawn) {
    run.write(GroundTruth.SUBSETS, out -> writeSubsets(out, drawn));
    run.write(
        GroundTruth.MEASUREMENTS,
        out -> {
          Npy.writeHeader(
              out, DType.F32, count, seeds, GroundTruth.HALVES, steps.length, targets.size());
          float[] part = new float[GroundTruth.HALVES * steps.length * targets.size()];
          for (int unit = 0; unit < count * seeds; unit++) {
            Npy.map(run.path(measurementFile(unit / seeds, unit % seeds)))
                .read(0, part, 0, part.length);
            Npy.writeNumbers(out, DType.F32, part);
          }
        });
    run.write(
        ExampleTable.FILE,
        out -> out.write(ExampleTable.of(data).getBytes(StandardCharsets.UTF_8)));
  }

  private void writeSubsets(OutputStream out, List<BitSet> drawn) throws IOException {
    Npy.writeHeader(out, DType.F16, count, data.size());
    for (BitSet subset : drawn) {
      float[] row = new float[data.size()];
      subset.stream().forEach(i -> row[i] = 1);
      Npy.writeNumbers(out, DType.F16, row);
    }
  }
}
