package io.journey.features;

import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientSink;
import io.journey.model.Checkpoint;
import io.journey.nn.Parameter;
import io.journey.preconditioner.EkfacFit;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Fits the preconditioner of a checkpoint to the gradients of its training examples, with the draws
 * of the features: all examples, or {@link #MAX_EXAMPLES} of them by chance.
 */
final class PreconditionerFit {
  /** 200 were enough for the best LDS; more take time that more draws make better use of. */
  static final int MAX_EXAMPLES = 512;

  /** Draws of each example for the sides of gradients; each example has the next ones. */
  private static final int SIDE_DRAWS = 2;

  /** Examples that one worker computes together: fixed, as their rounding depends on it. */
  private static final int MAX_GROUP = 16;

  private final Checkpoint checkpoint;
  private final List<Parameter> weights;
  private final TrainingDraws draws;
  private final ExampleGradients gradients;

  /**
   * @param weights those that gradients are taken of
   */
  PreconditionerFit(
      Checkpoint checkpoint,
      List<Parameter> weights,
      TrainingDraws draws,
      ExampleGradients gradients) {
    this.checkpoint = checkpoint;
    this.weights = weights;
    this.draws = draws;
    this.gradients = gradients;
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

  /** Fits EK-FAC; the result's owner closes it. */
  EkfacFit ekfac(Workers workers, Progress progress) {
    int[] examples = chosen(draws.data().size(), MAX_EXAMPLES, draws.seed().child("curvature"));
    long p = weights.stream().mapToLong(Parameter::numel).sum();
    int group = Math.min(MAX_GROUP, GradientPipeline.groupSize(p));
    try (Progress.Task task =
        progress.start(
            "Fitting the preconditioner of " + checkpoint.name(),
            2L * examples.length,
            "examples")) {
      return EkfacFit.of(
          weights,
          new Units(examples, MAX_GROUP, i -> some(examples[i], SIDE_DRAWS * i), task),
          new Units(examples, group, i -> draws.forExamples(examples[i]), task),
          workers);
    }
  }

  /** Some draws of an example, from one on; behind the last comes the first. */
  private DenoisingDraws some(int example, int first) {
    DenoisingDraws all = draws.forExamples(example);
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
      return Featurizer.notFinite(
          checkpoint.name(), first.equals(last) ? first : first + " to " + last);
    }
  }
}
