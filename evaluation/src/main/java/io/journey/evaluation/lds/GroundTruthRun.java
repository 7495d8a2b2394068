package io.journey.evaluation.lds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.ModelInputs;
import io.journey.random.Seed;
import io.journey.results.ExampleTable;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.RandomSubsets;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.sampling.Trajectory;
import io.journey.tensor.Libtorch;
import io.journey.training.Retraining;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Makes a {@link GroundTruth}: trains models on random subsets and takes f_t of each. Models are
 * run directories of their own, one for each subset and seed, so that what has been trained is used
 * again for more subsets, seeds or targets. Each worker trains one model at a time.
 *
 * @param retraining how models are trained
 * @param data all examples
 * @param targets whose x̂0, as the model that drew them guessed it, all models are asked about
 * @param steps t
 * @param subsets where they come from
 * @param count how many subsets
 * @param seeds models of each subset
 * @param draws of noise for f_t, even: two halves are kept apart
 * @param threads models trained at once
 * @param progress told of the work
 */
public record GroundTruthRun(
    Retraining retraining,
    Dataset data,
    List<Trajectory> targets,
    int[] steps,
    RandomSubsets subsets,
    int count,
    int seeds,
    int draws,
    int threads,
    Progress progress) {
  public GroundTruthRun {
    if (count < 2 || seeds < 1) {
      throw new SettingException(
          "ground truth needs at least 2 subsets and 1 seed, got " + count + " and " + seeds);
    }
    if (draws < 2 || draws % 2 != 0) {
      throw new SettingException("draws must be even and at least 2, got " + draws);
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

  /**
   * Trains what is missing and asks all models, or continues, or does nothing where all is done.
   *
   * @param models holds the models; of other runs too, if they were trained alike
   * @param directory of the pack
   */
  public GroundTruth run(Path models, Path directory) {
    ModelInputs model = retraining.modelInputs();
    model.requireImages(data);
    model.requireConditions(targets.stream().map(Trajectory::condition).toList());
    try (RunDirectory run =
        RunDirectory.claim(directory, GroundTruth.KIND, GroundTruth.FORMAT, settings(), inputs())) {
      if (!run.isFinished()) {
        compute(models, run);
      }
    }
    return GroundTruth.open(directory);
  }

  private ObjectNode settings() {
    ObjectNode settings = Json.object();
    settings.put("subsets", count).put("fraction", subsets.fraction());
    settings.put("subset_seed", subsets.seed()).put("seeds", seeds).put("draws", draws);
    settings.set("timesteps", Json.tree(Arrays.stream(steps).boxed().toList()));
    settings.set("retraining", retraining.settings());
    return settings;
  }

  private ObjectNode inputs() {
    ObjectNode inputs = Json.object();
    inputs.put("data", data.fingerprint()).put("examples", data.size());
    inputs.put("targets", targets.size());
    inputs.put("trajectories", Trajectory.fingerprint(targets, steps));
    return inputs;
  }

  private void compute(Path models, RunDirectory run) {
    int units = count * seeds;
    long total = (long) units * retraining.training().steps();
    List<BitSet> drawn = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      drawn.add(subsets.subset(j));
    }
    GroundTruth.requireEqualAndDistinct(drawn, run.directory());
    try (Progress.Task task =
        progress.start("Training " + Counted.of(units, "models"), total, "steps")) {
      new Workers(threads, Libtorch::singleThreaded)
          .forEachShared(
              units,
              (unit, parts) -> {
                int subset = unit / seeds;
                int seed = unit % seeds;
                if (run.has(measurementFile(subset, seed))) {
                  task.advance(retraining.training().steps());
                  return;
                }
                Path folder = Confined.path(models, modelName(subset, seed));
                Ensemble model =
                    retraining.train(data, drawn.get(subset), seed, folder, task, parts);
                float[] measurements = measurements(model);
                run.write(
                    measurementFile(subset, seed),
                    out ->
                        Npy.write(
                            out, measurements, GroundTruth.HALVES, steps.length, targets.size()));
              });
    }
    assemble(run, drawn);
    run.describeData(data.describe());
    run.finish(Json.object().put("threads", threads).put("data_spec", data.spec()));
  }

  /** f_t of a model, [halves, steps, targets]. */
  private float[] measurements(Ensemble model) {
    float[] out = new float[GroundTruth.HALVES * steps.length * targets.size()];
    Seed root = Seed.of(retraining.seed()).child("ground-truth");
    try (Checkpoint checkpoint = model.first()) {
      int at = 0;
      for (int half = 0; half < GroundTruth.HALVES; half++) {
        for (int step : steps) {
          Seed noise = root.child(half).child(step);
          List<DenoisingDraws> asked = new ArrayList<>();
          for (Trajectory target : targets) {
            float[] x0 = target.x0()[target.indexOf(step)];
            asked.add(DenoisingDraws.atStep(x0, target.condition(), step, noise, draws / 2));
          }
          for (float loss : checkpoint.losses(asked)) {
            out[at++] = loss;
          }
        }
      }
    }
    return out;
  }

  private void assemble(RunDirectory run, List<BitSet> drawn) {
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
