package io.journey.features;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DrawScheme;
import io.journey.diffusion.OutputFunction;
import io.journey.diffusion.TimestepDistribution;
import io.journey.encoding.Encoders;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.random.Seed;
import io.journey.results.ExampleTable;
import io.journey.run.Counted;
import io.journey.run.FileStage;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.run.Resource;
import io.journey.run.SettingException;
import io.journey.run.StageWork;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import io.journey.tensor.BatchSizes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Computes the training features φ_i = Pᵀ∇_θ f_train(z_i; θ_m) of every example and checkpoint
 * (Algorithm 1, lines on training features), one shard of examples at a time. Two stages go before
 * it, in folders of its directory: {@code timestep-importance}, where draws that examples share go,
 * and {@code preconditioner}.
 *
 * <p>Draws are named by checkpoint, or by checkpoint and example id, the projection by checkpoint:
 * threads and interruptions change no number; layerwise gradients depend on the size of shards up
 * to rounding.
 */
public final class Featurizer implements FileStage<FeatureStore> {
  /** Numbers of one shard, which a worker holds at once: a gigabyte. */
  private static final long MAX_SHARD = 1L << 28;

  /** Draws of the loss of a training image that its residual is taken from. */
  private static final int RESIDUAL_DRAWS = 20;

  private final FeaturePath path;

  private Featurizer(FeaturePath path) {
    this.path = path;
  }

  /**
   * Returns the stage that makes features.
   *
   * @param data pictures, also where the checkpoints see latents or captions: they are encoded, or
   *     were when the checkpoints were trained; they may be others than those trained on
   * @throws io.journey.run.JourneyException if a checkpoint does not take these images, or the
   *     checkpoints differ in their weights
   */
  public static Featurizer of(FeaturizerConfig config, Ensemble ensemble, Dataset data) {
    Dataset seen = Encoders.encodedOr(ensemble, data);
    return new Featurizer(FeaturePath.of(config, ensemble, seen));
  }

  /** Returns what there is to say of the data before the work, each a sentence. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>(path.notes());
    if (!Encoders.wereTrainedOn(path.ensemble(), path.data())) {
      notes.add(
          path.ensemble().spec()
              + " was trained on other images"
              + (path.encoding() != null || path.data().isCaptioned() ? " or captions" : "")
              + " than those of "
              + path.data().spec()
              + ": an image that it never met has a score, and caused nothing.");
    }
    return notes;
  }

  @Override
  public String kind() {
    return FeatureStore.KIND;
  }

  @Override
  public int format() {
    return FeatureStore.FORMAT;
  }

  @Override
  public Record settings() {
    return FeatureSettings.of(path.config());
  }

  @Override
  public ObjectNode inputs() {
    return path.inputs();
  }

  @Override
  public void write(StageWork work) {
    FeaturePath path = this.path.encoded(work);
    FeaturizerConfig config = path.config();
    Dataset data = path.data();
    TimestepImportance.Measured importance = null;
    if (config.sampling() == DrawScheme.SHARED) {
      importance = work.run(new TimestepImportance(path), TimestepImportance.FOLDER);
    }
    boolean preconditioned = !config.preconditioner().equals(PreconditionerConfig.NONE);
    Manifest fits =
        preconditioned
            ? work.run(new PreconditionerFit(path, importance), PreconditionerFit.FOLDER)
            : null;
    long total = (long) data.size() * path.ensemble().checkpointNames().size();
    try (Progress.Task task = work.progress().start("Computing features", total, "examples")) {
      work.write(
          ExampleTable.FILE,
          out -> out.write(ExampleTable.of(data).getBytes(StandardCharsets.UTF_8)));
      for (String member : path.ensemble().checkpointNames()) {
        String fitted =
            fits == null
                ? null
                : fits.verified(PreconditionerFit.file(member)).toAbsolutePath().toString();
        work.run(shards(path, new OfCheckpoint(path, member, importance, fitted)), task);
      }
    }
    if (config.function() == OutputFunction.MEAN) {
      List<ResidualTask> tasks =
          path.ensemble().checkpointNames().stream().map(m -> new ResidualTask(path, m)).toList();
      work.run("Measuring the errors of training images", "examples", tasks);
    }
    work.describeData(data.describe());
    work.timing().put("data_spec", data.spec());
    work.timing().put("draws_per_second", total * config.draws() / work.seconds());
  }

  @Override
  public FeatureStore open(Path directory) {
    return FeatureStore.open(directory);
  }

  private static List<ShardTask> shards(FeaturePath path, OfCheckpoint of) {
    int rows = path.config().shardRows();
    int count = (path.data().size() + rows - 1) / rows;
    return IntStream.range(0, count).mapToObj(shard -> new ShardTask(of, shard)).toList();
  }

  /**
   * What all shards of a checkpoint are computed with.
   *
   * @param fitted the file of the preconditioner; null: there is none
   */
  private record OfCheckpoint(
      FeaturePath path, String member, TimestepImportance.Measured importance, String fitted)
      implements Resource<Loaded> {
    @Override
    public String key() {
      return path.checkpoints().get(member) + " " + FeatureSettings.of(path.config());
    }

    @Override
    public Loaded open() {
      Checkpoint checkpoint = path.load(member);
      try {
        GradientPipeline pipeline =
            path.pipeline(checkpoint, fitted == null ? null : Path.of(fitted));
        checkSize(pipeline.dim(), path.config().shardRows());
        return new Loaded(checkpoint, pipeline, TrainingDraws.of(path, checkpoint, importance));
      } catch (RuntimeException | Error e) {
        checkpoint.close();
        throw e;
      }
    }
  }

  private record Loaded(Checkpoint checkpoint, GradientPipeline pipeline, TrainingDraws draws)
      implements AutoCloseable {
    @Override
    public void close() {
      pipeline.close();
      checkpoint.close();
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

  /** Some examples' features by one checkpoint. */
  private record ShardTask(OfCheckpoint of, int index) implements Task {
    private int from() {
      return index * of.path.config().shardRows();
    }

    private int to() {
      return Math.min(of.path.data().size(), from() + of.path.config().shardRows());
    }

    @Override
    public String file() {
      return FeatureStore.shardFile(of.member, index);
    }

    @Override
    public long size() {
      return to() - from();
    }

    @Override
    public void run(TaskContext context) {
      Loaded loaded = context.open(of);
      TrainingDraws draws = loaded.draws();
      FeaturizerConfig config = of.path.config();
      int dim = loaded.pipeline().dim();
      int count = to() - from();
      float[] rows = new float[Math.multiplyExact(count, dim)];
      int group = BatchSizes.features(dim);
      for (int start = from(); start < to(); start += group) {
        int end = Math.min(to(), start + group);
        float[][] features =
            loaded
                .pipeline()
                .project(draws.forExamples(IntStream.range(start, end)), null)
                .features();
        for (int i = start; i < end; i++) {
          checkFinite(features[i - start], of.member, draws.data().id(i));
          System.arraycopy(features[i - start], 0, rows, (i - from()) * dim, dim);
        }
        context.progress().advance(end - start);
      }
      if (Scales.belongTo(config.dtype())) {
        float[] scales = Scales.normalize(rows, dim, config.dtype());
        context.write(
            FeatureStore.scaleFile(of.member, index), out -> Npy.write(out, scales, scales.length));
      }
      context.write(
          file(),
          out -> {
            Npy.writeHeader(out, config.dtype(), count, dim);
            Npy.writeNumbers(out, config.dtype(), rows);
          });
    }

    private static void checkFinite(float[] feature, String member, String id) {
      for (float value : feature) {
        if (!Float.isFinite(value)) {
          throw FeaturePath.notFinite(member, id);
        }
      }
    }
  }

  /** The root of the mean squared error of each example by a checkpoint, which DAS needs, [N]. */
  private record ResidualTask(FeaturePath path, String member) implements Task {
    @Override
    public String file() {
      return FeatureStore.residualsFile(member);
    }

    @Override
    public long size() {
      return path.data().size();
    }

    @Override
    public void run(TaskContext context) {
      Dataset data = path.data();
      float[] residuals = new float[data.size()];
      Seed seed = Seed.of(path.config().seed()).child("residuals").child(member);
      try (Checkpoint checkpoint = path.load(member)) {
        TimestepDistribution steps = TimestepDistribution.uniform(checkpoint.schedule().steps());
        context
            .parts()
            .forEach(
                data.size(),
                i -> {
                  float[] image = new float[data.shape().numel()];
                  data.read(i, image, 0);
                  DenoisingDraws draws =
                      DenoisingDraws.stratified(image, Condition.NONE, steps, seed, RESIDUAL_DRAWS)
                          .withImage(image, data.conditions(i));
                  residuals[i] = (float) Math.sqrt(checkpoint.losses(List.of(draws))[0]);
                  context.progress().advance(1);
                });
      }
      context.write(file(), out -> Npy.write(out, residuals, residuals.length));
    }
  }
}
