package io.journey.features;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientSink;
import io.journey.model.Checkpoint;
import io.journey.nn.Parameter;
import io.journey.preconditioner.EkfacFit;
import io.journey.random.Seed;
import io.journey.run.FileStage;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.run.WholeTask;
import io.journey.run.Workers;
import io.journey.tensor.BatchSizes;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Fits the preconditioner of every checkpoint to the gradients of its training examples, with the
 * draws of the features: all examples, or {@link #MAX_EXAMPLES} of them by chance. Leaves a file
 * for each; damping, which is chosen when it is applied, is not in it.
 */
record PreconditionerFit(FeaturePath path, TimestepImportance.Measured importance)
    implements FileStage<Manifest>, Serializable {
  /** The manifest's kind. */
  static final String KIND = "preconditioner";

  /** The folder below the features. */
  static final String FOLDER = "preconditioner";

  /** 200 were enough for the best LDS; more take time that more draws make better use of. */
  static final int MAX_EXAMPLES = 512;

  /** Draws of each example for the sides of gradients; each example has the next ones. */
  private static final int SIDE_DRAWS = 2;

  /** The settings in a manifest. */
  private record Settings(
      String parameters,
      String preconditioner,
      String function,
      int draws,
      String drawScheme,
      String precision,
      String gradients,
      long seed) {}

  /** Returns the name of a checkpoint's file. */
  static String file(String member) {
    return member + ".safetensors";
  }

  /** Returns the manifest of those that features were made with. */
  static Manifest of(Manifest features) {
    return features.part(FOLDER, KIND, 1);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    FeaturizerConfig config = path.config();
    return new Settings(
        config.parameters().toString(),
        config.preconditioner().kind().name(),
        config.function().toString(),
        config.draws(),
        config.sampling().name(),
        config.precision().name(),
        config.method().name(),
        config.seed());
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = path.inputs();
    if (importance != null) {
      inputs.put(TimestepImportance.KIND, importance.manifest().fingerprint());
    }
    return inputs;
  }

  @Override
  public void write(StageWork work) {
    work.runWhole(
        path.ensemble().checkpointNames().stream()
            .map(member -> new MemberFit(this, member))
            .toList());
  }

  private record MemberFit(PreconditionerFit stage, String member) implements WholeTask {
    @Override
    public String file() {
      return PreconditionerFit.file(member);
    }

    @Override
    public void run(StageFiles files, RunContext context) {
      try (Checkpoint checkpoint = stage.path.load(member);
          EkfacFit fit =
              stage.new OfCheckpoint(checkpoint).ekfac(context.workers(), context.progress())) {
        files.write(file(), fit::writeTo);
      }
    }
  }

  @Override
  public Manifest open(Path directory) {
    return Manifest.read(directory, KIND);
  }

  /**
   * Which of n examples, rising.
   *
   * @param most how many there are if n is larger
   */
  static int[] chosen(int n, int most, Seed seed) {
    if (n <= most) {
      return IntStream.range(0, n).toArray();
    }
    return Arrays.stream(seed.stream().permutation(n)).limit(most).sorted().toArray();
  }

  /** The fit of one checkpoint. */
  private final class OfCheckpoint {
    private final Checkpoint checkpoint;
    private final List<Parameter> weights;
    private final TrainingDraws draws;
    private final ExampleGradients gradients;

    OfCheckpoint(Checkpoint checkpoint) {
      this.checkpoint = checkpoint;
      this.weights = path.selected(checkpoint);
      this.draws = TrainingDraws.of(path, checkpoint, importance);
      this.gradients = path.fitted(checkpoint);
    }

    /** Fits EK-FAC; the result's owner closes it. */
    EkfacFit ekfac(Workers workers, Progress progress) {
      int[] examples = chosen(draws.data().size(), MAX_EXAMPLES, draws.seed().child("curvature"));
      long p = weights.stream().mapToLong(Parameter::numel).sum();
      int group = BatchSizes.fittedGradients(p);
      try (Progress.Task task =
          progress.start(
              "Fitting the preconditioner of " + checkpoint.name(),
              2L * examples.length,
              "examples")) {
        return EkfacFit.of(
            weights,
            new Units(examples, BatchSizes.FITTED, i -> some(examples[i], SIDE_DRAWS * i), task),
            new Units(examples, group, i -> drawn(examples[i]), task),
            workers);
      }
    }

    /** The draws of an example, with an output of its own for each where curvature is by these. */
    private DenoisingDraws drawn(int example) {
      DenoisingDraws of = draws.forExamples(example);
      return path.isGaussNewton() ? of.withProbe(draws.seed().child("outputs").child(example)) : of;
    }

    /** Some draws of an example, from one on; behind the last comes the first. */
    private DenoisingDraws some(int example, int first) {
      DenoisingDraws all = drawn(example);
      int count = Math.min(SIDE_DRAWS, all.count());
      return all.some(IntStream.range(0, count).map(r -> (first + r) % all.count()).toArray());
    }

    /**
     * Groups of examples.
     *
     * @param of the draws of the example at a place in the list
     */
    private final class Units implements EkfacFit.Source {
      private final int[] examples;
      private final int group;
      private final IntFunction<DenoisingDraws> of;
      private final Progress.Task task;
      private final BitSet told = new BitSet();

      Units(int[] examples, int group, IntFunction<DenoisingDraws> of, Progress.Task task) {
        this.examples = examples;
        this.group = group;
        this.of = of;
        this.task = task;
      }

      @Override
      public int units() {
        return (examples.length + group - 1) / group;
      }

      @Override
      public int size(int unit) {
        return Math.min(group, examples.length - unit * group);
      }

      @Override
      public void compute(int unit, GradientSink sink) {
        int from = unit * group;
        List<DenoisingDraws> some = IntStream.range(from, from + size(unit)).mapToObj(of).toList();
        gradients.compute(some, null, sink);
        tell(unit);
      }

      /** Weights may be fitted in groups, each with a pass of its own: only the first is told. */
      private synchronized void tell(int unit) {
        if (!told.get(unit)) {
          told.set(unit);
          task.advance(size(unit));
        }
      }

      @Override
      public JourneyException notFinite(int unit) {
        String first = draws.data().id(examples[unit * group]);
        String last = draws.data().id(examples[unit * group + size(unit) - 1]);
        return FeaturePath.notFinite(
            checkpoint.name(), first.equals(last) ? first : first + " to " + last);
      }
    }
  }
}
