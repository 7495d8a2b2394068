package io.journey.training;

import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.LayeredDenoiser;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The training of a finished member, step by step, forwards once and then backwards: which images
 * were met with which noise, and what the weights and Adam's moments were before. The states before
 * all S steps are kept where a quarter of Java's memory has room for them. Otherwise some are, 2·√S
 * at least (Griewank 1992), and most steps are taken twice.
 */
public final class TrainingReplay implements AutoCloseable {
  /** How far replayed weights may be from the member's: what other machines round. */
  private static final double ROUNDING = 1e-3;

  /**
   * What a step begins with.
   *
   * @param step counted from 0
   * @param weights θ, [p]
   * @param mean Adam's, of gradients, [p]
   * @param square Adam's, of their squares, [p]
   */
  public record Before(int step, float[] weights, float[] mean, float[] square) {}

  private final TrainingSteps steps;
  private final LayeredDenoiser model;
  private final int segment;
  private final List<TrainingState> starts = new ArrayList<>(); // of each segment
  private List<TrainingState> states = List.of(); // of one segment
  private int first;
  private float[] result;

  private TrainingReplay(TrainingSteps steps, LayeredDenoiser model, long bytes) {
    this.steps = steps;
    this.model = model;
    this.segment = segment(steps.config().steps(), TrainingState.bytes(model), bytes);
  }

  /** Returns of how many steps one state is kept, so that all take this many bytes. */
  private static int segment(int steps, long state, long bytes) {
    int most = (int) Math.ceil(Math.sqrt(steps));
    int segment = 1;
    while (segment < most && states(steps, segment) * state > bytes) {
      segment++;
    }
    return segment;
  }

  private static long states(int steps, int segment) {
    int starts = (steps + segment - 1) / segment;
    return segment == 1 ? starts : starts + segment;
  }

  /**
   * Trains a member of an ensemble again.
   *
   * @param data what it was trained on
   * @param member its number
   * @param progress told of every step
   * @throws JourneyException if other weights come out than the member has
   */
  public static TrainingReplay of(
      Ensemble ensemble, Dataset data, int member, Progress.Task progress, Workers.Parts parts) {
    return of(ensemble, data, member, Runtime.getRuntime().maxMemory() / 4, progress, parts);
  }

  /**
   * Trains a member of an ensemble again.
   *
   * @param bytes that states may take, if 2·√S need no more
   */
  static TrainingReplay of(
      Ensemble ensemble,
      Dataset data,
      int member,
      long bytes,
      Progress.Task progress,
      Workers.Parts parts) {
    Retraining how = Retraining.ofMembers(ensemble, Retraining.Coupling.COUPLED);
    Seed seed = how.seedOf(member);
    TrainingSteps steps =
        TrainingSteps.of(
            how.recipe(), data, TrainedImages.of(how.training().kept(data.size(), seed)), seed);
    StartingPoint.Begun begun = how.begin(member);
    TrainingReplay replay = new TrainingReplay(steps, begun.model(), bytes);
    try {
      replay.forwards(progress, parts);
      replay.requireMember(ensemble, Ensemble.checkpointName(member));
      return replay;
    } catch (RuntimeException | Error e) {
      replay.close();
      throw e;
    }
  }

  private void forwards(Progress.Task progress, Workers.Parts parts) {
    try (Adam adam = new Adam(steps.config(), model.parameters())) {
      for (int step = 0; step < steps.config().steps(); step++) {
        if (step % segment == 0) {
          starts.add(TrainingState.of(step, model, adam));
        }
        take(adam, step, parts);
        progress.advance(1);
      }
      result = adam.result();
    }
  }

  private void take(Adam adam, int step, Workers.Parts parts) {
    List<DenoisingDraws> images = steps.batch(step);
    if (images.isEmpty()) {
      return;
    }
    try (GradientSum sum = new GradientSum()) {
      steps.take(model, adam, step, images, sum, parts);
    }
  }

  private void requireMember(Ensemble ensemble, String name) {
    try (Checkpoint member = ensemble.load(name, ScalarType.Float)) {
      float[] expected = member.model().parameters().get();
      double difference = 0;
      double size = 0;
      for (int i = 0; i < result.length; i++) {
        difference += Math.pow((double) result[i] - expected[i], 2);
        size += Math.pow(expected[i], 2);
      }
      if (!(difference <= ROUNDING * ROUNDING * size)) {
        throw new JourneyException(
            "Training "
                + name
                + " of "
                + ensemble.directory()
                + " again ends in other weights: train the ensemble with this version.");
      }
    }
  }

  /** Returns the model, whose weights {@link #goBefore} sets. */
  public LayeredDenoiser model() {
    return model;
  }

  /** Returns how noise is added and what the model predicts. */
  public NoiseSchedule schedule() {
    return steps.schedule();
  }

  /** Returns how the member was trained. */
  public TrainingConfig config() {
    return steps.config();
  }

  /** Returns the draws of a step's batch, one an image. */
  public List<DenoisingDraws> batch(int step) {
    return steps.batch(step);
  }

  /** Returns the images of a step's batch, one a draw; one may be there twice. */
  public int[] examples(int step) {
    return steps.batches().examples(step);
  }

  /** Returns the weights of the member, [p]. */
  public float[] result() {
    return result.clone();
  }

  /**
   * Goes to where a step began: the model has its weights then. Steps are asked for from the last
   * to the first.
   */
  public Before goBefore(int step, Workers.Parts parts) {
    TrainingState state = segment == 1 ? starts.get(step) : ofSegment(step, parts);
    model.parameters().set(state.weights());
    return new Before(step, state.weights(), state.mean(), state.square());
  }

  private TrainingState ofSegment(int step, Workers.Parts parts) {
    if (step < first || step >= first + states.size()) {
      replaySegment(step / segment, parts);
    }
    return states.get(step - first);
  }

  private void replaySegment(int number, Workers.Parts parts) {
    first = number * segment;
    int end = Math.min(steps.config().steps(), first + segment);
    states = new ArrayList<>();
    try (Adam adam = new Adam(steps.config(), model.parameters())) {
      starts.get(number).restore(model, adam);
      for (int step = first; step < end; step++) {
        states.add(TrainingState.of(step, model, adam));
        if (step + 1 < end) {
          take(adam, step, parts);
        }
      }
    }
  }

  /**
   * Computes the gradient of a batch's mean loss at weights that {@link #goBefore} did not set.
   *
   * @param weights [p]
   * @return [p]; closed by the caller
   */
  public GradientSum gradient(List<DenoisingDraws> images, float[] weights, Workers.Parts parts) {
    model.parameters().set(weights);
    GradientSum sum = new GradientSum();
    try {
      steps.add(model, images, sum, parts);
      return sum;
    } catch (RuntimeException | Error e) {
      sum.close();
      throw e;
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
