package io.journey.features;

import io.journey.gradient.ExampleGradients;
import io.journey.model.Checkpoint;
import io.journey.projection.CurvatureFit;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Fits the curvature of a checkpoint to the gradients of its training examples, computed twice,
 * with the draws of the features: all examples, or {@link #MAX_EXAMPLES} of them by chance.
 */
final class CurvaturePass {
  /** 200 were enough for the best LDS; more take time that more draws make better use of. */
  static final int MAX_EXAMPLES = 512;

  /** Whole gradients in memory at once, unless {@link #MIN_BLOCK} take more. */
  private static final long BLOCK_BYTES = 512L << 20;

  private static final int MIN_BLOCK = 8;
  private static final int MAX_BLOCK = 128;

  /**
   * Examples whose gradients one worker computes together: fixed, as their rounding depends on it.
   */
  private static final int MAX_GROUP = 16;

  private final Checkpoint checkpoint;
  private final TrainingDraws draws;
  private final ExampleGradients gradients;
  private final Workers workers;
  private final Progress progress;
  private final int p;

  CurvaturePass(
      Checkpoint checkpoint,
      TrainingDraws draws,
      ExampleGradients gradients,
      Workers workers,
      Progress progress) {
    this.checkpoint = checkpoint;
    this.draws = draws;
    this.gradients = gradients;
    this.workers = workers;
    this.progress = progress;
    this.p = checkpoint.model().parameters().count();
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

  /** The fit; its owner closes it. */
  CurvatureFit fit() {
    int[] examples = chosen(draws.data().size(), MAX_EXAMPLES, draws.seed().child("curvature"));
    CurvatureFit fit = new CurvatureFit(checkpoint.model().parameters().list(), workers);
    String title = "Fitting the curvature of " + checkpoint.name();
    try (Progress.Task task = progress.start(title, 2L * examples.length, "examples")) {
      forEachBlock(examples, task, fit::addSides);
      fit.decompose();
      forEachBlock(examples, task, fit::addMoments);
      return fit;
    } catch (RuntimeException | Error e) {
      fit.close();
      throw e;
    }
  }

  private void forEachBlock(int[] examples, Progress.Task task, Consumer<Tensor> use) {
    int rows = (int) Math.max(MIN_BLOCK, Math.min(MAX_BLOCK, BLOCK_BYTES / (4L * p)));
    int group = Math.min(MAX_GROUP, FeatureSpace.groupSize(p));
    for (int from = 0; from < examples.length; from += rows) {
      int[] some = Arrays.copyOfRange(examples, from, Math.min(examples.length, from + rows));
      try (PointerScope scope = new PointerScope()) {
        Tensor block = Libtorch.zeros(ScalarType.Float, some.length, p);
        workers.forEach(
            (some.length + group - 1) / group,
            unit -> {
              int first = unit * group;
              int count = Math.min(group, some.length - first);
              fill(block, first, Arrays.copyOfRange(some, first, first + count));
              task.advance(count);
            });
        use.accept(block);
      }
    }
  }

  /** Whole gradients of some examples, as rows of a block from one on. */
  private void fill(Tensor block, int first, int[] examples) {
    try (PointerScope scope = new PointerScope()) {
      Tensor rows = block.narrow(0, first, examples.length);
      gradients.compute(
          draws.of(Arrays.stream(examples)),
          null,
          (image, offset, parts) ->
              rows.narrow(0, image, parts.size(0))
                  .narrow(1, offset, parts.size(1))
                  .add_(parts.to(ScalarType.Float)));
      // A number less itself is 0, unless it is none or infinite.
      float[] zeros = Libtorch.floats(rows.sub(rows).sum(1));
      for (int i = 0; i < zeros.length; i++) {
        if (zeros[i] != 0) {
          throw Featurizer.notFinite(checkpoint.name(), draws.data().id(examples[i]));
        }
      }
    }
  }
}
