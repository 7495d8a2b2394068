package io.journey.features;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DrawScheme;
import io.journey.diffusion.OutputFunction;
import io.journey.diffusion.TimestepDistribution;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.nn.Parameter;
import io.journey.preconditioner.EkfacFit;
import io.journey.preconditioner.Preconditioner;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.random.Seed;
import io.journey.results.ExampleTable;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Computes the training features φ_i = Pᵀ∇_θ f_train(z_i; θ_m) of every example and checkpoint
 * (Algorithm 1, lines on training features), one shard of examples at a time.
 *
 * <p>Draws are named by checkpoint, or by checkpoint and example id, the projection by checkpoint:
 * threads and interruptions change no number; layerwise gradients depend on the size of shards up
 * to rounding.
 */
public final class Featurizer {
  /** Numbers of one shard, which a worker holds at once: a gigabyte. */
  private static final long MAX_SHARD = 1L << 28;

  /** Draws of the loss of a training image that its residual is taken from. */
  private static final int RESIDUAL_DRAWS = 20;

  private final FeaturizerConfig config;
  private final Workers workers;
  private final Progress progress;

  private Featurizer(FeaturizerConfig config, Workers workers, Progress progress) {
    this.config = config;
    this.workers = workers;
    this.progress = progress;
  }

  /** A featurizer with one worker thread per core and no progress shown. */
  public static Featurizer with(FeaturizerConfig config) {
    return with(config, Runtime.getRuntime().availableProcessors(), Progress.SILENT);
  }

  /** A featurizer. */
  public static Featurizer with(FeaturizerConfig config, int threads, Progress progress) {
    return new Featurizer(config, new Workers(threads, Libtorch::singleThreaded), progress);
  }

  /** Computes, or continues, or does nothing where all is done. */
  public FeatureStore run(Ensemble ensemble, Dataset data, Path directory) {
    FeaturizerConfig resolved = config;
    ObjectNode inputs = Json.object();
    inputs.put("data", data.fingerprint()).put("examples", data.size());
    ObjectNode checkpoints = inputs.putObject("checkpoints");
    ObjectNode weights = null;
    for (String member : ensemble.checkpointNames()) {
      try (Checkpoint checkpoint = ensemble.load(member)) {
        checkpoint.inputs().requireImages(data);
        checkpoint.inputs().requireAllTimesteps(checkpoint.schedule().steps());
        checkpoints.put(member, checkpoint.fingerprint());
        ObjectNode shapes = FeatureStore.shapes(selected(config, checkpoint));
        if (weights != null && !weights.equals(shapes)) {
          throw new JourneyException(
              member
                  + " has other weights than the checkpoints before it: featurize checkpoints of"
                  + " one architecture together.");
        }
        weights = shapes;
        if (resolved.method() == null) {
          resolved = config.withMethod(GradientMethod.fasterFor(checkpoint.model()));
        }
      }
    }
    inputs.set(FeatureStore.WEIGHTS, weights);
    try (RunDirectory run =
        RunDirectory.claim(
            directory, FeatureStore.KIND, FeatureStore.FORMAT, resolved.toJson(), inputs)) {
      if (!run.isFinished()) {
        compute(resolved, ensemble, data, run);
      }
    }
    return FeatureStore.open(directory);
  }

  private void compute(
      FeaturizerConfig resolved, Ensemble ensemble, Dataset data, RunDirectory run) {
    long total = (long) data.size() * ensemble.checkpointNames().size();
    run.write(
        ExampleTable.FILE,
        out -> out.write(ExampleTable.of(data).getBytes(StandardCharsets.UTF_8)));
    ScalarType type = resolved.precision() == DType.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
    for (String member : ensemble.checkpointNames()) {
      try (Checkpoint checkpoint = ensemble.load(member, type)) {
        compute(resolved, checkpoint, data, run);
      }
    }
    run.describeData(data.describe());
    ObjectNode timing = Json.object();
    timing.put("data_spec", data.spec()).put("threads", workers.threads());
    timing.put("draws_per_second", total * resolved.draws() / run.seconds());
    run.finish(timing);
  }

  private void compute(
      FeaturizerConfig config, Checkpoint checkpoint, Dataset data, RunDirectory run) {
    Seed seed = Seed.of(config.seed()).child("features").child(checkpoint.name());
    ExampleGradients gradients =
        config.method().create(checkpoint.model(), checkpoint.schedule(), config.function());
    TrainingDraws draws =
        new TrainingDraws(
            data,
            checkpoint.schedule(),
            seed,
            config.draws(),
            shared(run, config, data, checkpoint, seed, gradients));
    List<Parameter> weights = selected(config, checkpoint);
    Path file = preconditioner(run, config, checkpoint, weights, draws, gradients);
    try (GradientPipeline pipeline = pipeline(config, checkpoint, gradients, file)) {
      checkSize(pipeline.dim(), config.shardRows());
      Shard shard = new Shard(config, checkpoint.name(), draws, pipeline);
      int shards = (data.size() + config.shardRows() - 1) / config.shardRows();
      String title = "Computing features of " + checkpoint.name();
      try (Progress.Task task = progress.start(title, data.size(), "examples")) {
        workers.forEach(shards, s -> shard.write(run, s, task));
      }
    }
    if (config.function() == OutputFunction.MEAN) {
      writeResiduals(run, config, checkpoint, data);
    }
  }

  /** Writes the root of the mean squared error of each example, which DAS needs, [N]. */
  private void writeResiduals(
      RunDirectory run, FeaturizerConfig config, Checkpoint checkpoint, Dataset data) {
    String file = FeatureStore.residualsFile(checkpoint.name());
    if (run.has(file)) {
      return;
    }
    float[] residuals = new float[data.size()];
    Seed seed = Seed.of(config.seed()).child("residuals").child(checkpoint.name());
    TimestepDistribution steps = TimestepDistribution.uniform(checkpoint.schedule().steps());
    String title = "Measuring the errors of " + checkpoint.name();
    try (Progress.Task task = progress.start(title, data.size(), "examples")) {
      workers.forEach(
          data.size(),
          i -> {
            float[] image = new float[data.shape().numel()];
            data.read(i, image, 0);
            DenoisingDraws draws =
                DenoisingDraws.stratified(image, data.condition(i), steps, seed, RESIDUAL_DRAWS);
            residuals[i] = (float) Math.sqrt(checkpoint.losses(List.of(draws))[0]);
            task.advance(1);
          });
    }
    run.write(file, out -> Npy.write(out, residuals, residuals.length));
  }

  private static List<Parameter> selected(FeaturizerConfig config, Checkpoint checkpoint) {
    return config.parameters().select(checkpoint.model().parameters().list(), checkpoint.name());
  }

  /**
   * The path of a checkpoint's gradients.
   *
   * @param file of the preconditioner; null: there is none
   */
  private static GradientPipeline pipeline(
      FeaturizerConfig config, Checkpoint checkpoint, ExampleGradients gradients, Path file) {
    List<Parameter> weights = selected(config, checkpoint);
    return new GradientPipeline(
        gradients,
        weights,
        file == null ? Preconditioner.NONE : config.preconditioner().open(weights, file),
        config.projection().create(weights, projectionSeed(config.seed(), checkpoint.name())));
  }

  /** Returns the seed of a checkpoint's projection: another for each. */
  static Seed projectionSeed(long seed, String member) {
    return Seed.of(seed).child("projection").child(member);
  }

  /**
   * The file of the preconditioner, or null where there is none. It is fitted once and read back,
   * so that a run continued elsewhere, and targets, have the same numbers.
   */
  private Path preconditioner(
      RunDirectory run,
      FeaturizerConfig config,
      Checkpoint checkpoint,
      List<Parameter> weights,
      TrainingDraws draws,
      ExampleGradients gradients) {
    if (config.preconditioner().equals(PreconditionerConfig.NONE)) {
      return null;
    }
    String file = FeatureStore.preconditionerName(checkpoint.name());
    if (!run.has(file)) {
      try (EkfacFit fit =
          new PreconditionerFit(checkpoint, weights, draws, gradients).ekfac(workers, progress)) {
        run.write(file, fit::writeTo);
      }
    }
    return run.path(file);
  }

  /**
   * The draws of all examples, or null where each has its own. Where steps are drawn is measured
   * once and written down, so that a run continued elsewhere has the same draws.
   */
  private DenoisingDraws shared(
      RunDirectory run,
      FeaturizerConfig config,
      Dataset data,
      Checkpoint checkpoint,
      Seed seed,
      ExampleGradients gradients) {
    if (config.sampling() == DrawScheme.INDEPENDENT) {
      return null;
    }
    String file = FeatureStore.timestepsFile(checkpoint.name());
    if (!run.has(file)) {
      // Without the preconditioner, which is fitted to gradients with these draws.
      try (GradientPipeline plain = pipeline(config, checkpoint, gradients, null)) {
        TimestepSpread measured =
            TimestepSpread.measure(checkpoint, data, plain, seed.child("spread"), workers);
        run.write(file, out -> out.write(measured.csv().getBytes(StandardCharsets.UTF_8)));
      }
    }
    int steps = checkpoint.schedule().steps();
    return DenoisingDraws.stratified(
        new float[data.shape().numel()],
        Condition.NONE,
        TimestepSpread.parse(text(run.path(file)), file).distribution(steps),
        seed.child("shared"),
        config.draws());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  private static void checkSize(int dim, int shardRows) {
    if ((long) dim * shardRows > MAX_SHARD) {
      throw new SettingException(
          "features of "
              + Counted.of(dim, "numbers")
              + " are too long for shards of "
              + Counted.of(shardRows, "rows")
              + ": project them, as with --projection sparse:4096");
    }
  }

  private static void checkFinite(float[] feature, String member, String id) {
    for (float value : feature) {
      if (!Float.isFinite(value)) {
        throw notFinite(member, id);
      }
    }
  }

  static JourneyException notFinite(String member, String id) {
    return new JourneyException(
        "The gradient of "
            + member
            + " for "
            + id
            + " is not finite: that checkpoint cannot be attributed, train it anew.");
  }

  /** Everything the shards of one member have in common. */
  private record Shard(
      FeaturizerConfig config, String member, TrainingDraws draws, GradientPipeline pipeline) {

    void write(RunDirectory run, int index, Progress.Task task) {
      int from = index * config.shardRows();
      int to = Math.min(draws.data().size(), from + config.shardRows());
      String file = FeatureStore.shardFile(member, index);
      if (run.has(file)) {
        task.advance(to - from);
        return;
      }
      int dim = pipeline.dim();
      float[] rows = new float[Math.multiplyExact(to - from, dim)];
      int group = GradientPipeline.groupSize(dim);
      for (int start = from; start < to; start += group) {
        int end = Math.min(to, start + group);
        float[][] features = features(start, end);
        for (int i = start; i < end; i++) {
          checkFinite(features[i - start], member, draws.data().id(i));
          System.arraycopy(features[i - start], 0, rows, (i - from) * dim, dim);
        }
        task.advance(end - start);
      }
      if (Scales.belongTo(config.dtype())) {
        float[] scales = Scales.normalize(rows, dim, config.dtype());
        run.write(
            FeatureStore.scaleFile(member, index), out -> Npy.write(out, scales, scales.length));
      }
      run.write(
          file,
          out -> {
            Npy.writeHeader(out, config.dtype(), to - from, dim);
            Npy.writeNumbers(out, config.dtype(), rows);
          });
    }

    private float[][] features(int start, int end) {
      return pipeline.project(draws.forExamples(IntStream.range(start, end)), null).features();
    }
  }
}
