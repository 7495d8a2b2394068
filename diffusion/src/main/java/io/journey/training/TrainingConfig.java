package io.journey.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.DenoiserConfig;
import io.journey.random.Seed;
import io.journey.run.Counted;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalInt;

/**
 * How a model is trained: Adam on the mean squared error of predicted noise, learning rate falling
 * by half a cosine from its start value to zero.
 *
 * @param steps optimizer steps
 * @param batchSize images a step
 * @param microBatchSize images in one forward and backward pass; the gradient of a step is the sum
 *     over its passes, which different cores can do. 0: the whole batch
 * @param learningRate at the first step
 * @param adamBeta1 decay of the mean of gradients
 * @param adamBeta2 decay of the mean of their squares
 * @param adamEpsilon added to the root of the latter
 * @param emaDecay largest decay of the moving average of weights that becomes the checkpoint; 0:
 *     the last weights do
 * @param horizontalFlip whether each image is mirrored with probability ½
 * @param learningRateSteps steps over which the learning rate falls, counted from the first that
 *     the weights ever took, so that training can stop on the way and be continued; 0: those of
 *     this run alone
 * @param dropClasses probability that a model with classes is told of an image that it has none, so
 *     that it can be drawn with under guidance
 * @param dropCaptions the same of a model of captions: probability that it is told the empty one
 * @param fraction of the images that each member of an ensemble is trained on, drawn by its seed;
 *     1: all. The others are left out of its batches
 */
@RecordBuilder
public record TrainingConfig(
    int steps,
    int batchSize,
    int microBatchSize,
    double learningRate,
    double adamBeta1,
    double adamBeta2,
    double adamEpsilon,
    double emaDecay,
    boolean horizontalFlip,
    int learningRateSteps,
    double dropClasses,
    double dropCaptions,
    double fraction)
    implements TrainingConfigBuilder.With, Serializable {
  private static final String LEARNING_RATE_STEPS = "learningRateSteps";
  private static final String DROP_CLASSES = "dropClasses";
  private static final String DROP_CAPTIONS = "dropCaptions";
  private static final String FRACTION = "fraction";

  /** The largest number of steps: the loss of every step is in memory until the last. */
  public static final int MOST_STEPS = 100_000_000;

  private static final int MOST_IMAGES = 1_000_000;

  public TrainingConfig {
    check(steps >= 1, "training.steps must be at least 1, got " + steps);
    check(steps <= MOST_STEPS, "training.steps must be at most " + MOST_STEPS + ", got " + steps);
    check(batchSize >= 1, "training.batchSize must be at least 1, got " + batchSize);
    check(
        batchSize <= MOST_IMAGES,
        "training.batchSize must be at most " + MOST_IMAGES + ", got " + batchSize);
    check(
        microBatchSize >= 0 && microBatchSize <= batchSize,
        "training.microBatchSize must be between 0 and the batch size, got " + microBatchSize);
    check(
        learningRate > 0 && Double.isFinite(learningRate),
        "training.learningRate must be positive, got " + learningRate);
    check(
        adamBeta1 >= 0 && adamBeta1 < 1 && adamBeta2 >= 0 && adamBeta2 < 1,
        "training.adamBeta1 and adamBeta2 must be in [0, 1), got " + adamBeta1 + ", " + adamBeta2);
    check(adamEpsilon > 0, "training.adamEpsilon must be positive, got " + adamEpsilon);
    check(emaDecay >= 0 && emaDecay < 1, "training.emaDecay must be in [0, 1), got " + emaDecay);
    check(
        learningRateSteps == 0 || learningRateSteps >= steps,
        "training.learningRateSteps must be 0 or at least the number of steps, "
            + steps
            + ", got "
            + learningRateSteps);
    check(
        dropClasses >= 0 && dropClasses < 1,
        "training.dropClasses must be in [0, 1), got " + dropClasses);
    check(
        dropCaptions >= 0 && dropCaptions < 1,
        "training.dropCaptions must be in [0, 1), got " + dropCaptions);
    check(fraction > 0 && fraction <= 1, "training.fraction must be in (0, 1], got " + fraction);
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new SettingException(message);
    }
  }

  /** Adam as PyTorch starts it, no average, no flips. */
  public static TrainingConfig of(int steps, int batchSize, double learningRate) {
    return new TrainingConfig(
        steps, batchSize, 0, learningRate, 0.9, 0.999, 1e-8, 0, false, 0, 0, 0, 1);
  }

  /**
   * Returns the number that a model is told in place of a dropped class: the last row of its table.
   *
   * @return empty where none are dropped
   * @throws SettingException if classes are dropped, and the model has no table of them
   */
  OptionalInt nullClass(DenoiserConfig architecture) {
    if (dropClasses == 0) {
      return OptionalInt.empty();
    }
    OptionalInt rows = architecture.classRows();
    if (rows.isEmpty()) {
      throw new SettingException(
          "training.dropClasses needs a model with a table of classes (num_class_embeds): add"
              + " --classes, or set it to 0");
    }
    return OptionalInt.of(rows.getAsInt() - 1);
  }

  /**
   * Draws the images that a member is trained on.
   *
   * @param examples N
   * @param seed of everything random about the member
   * @return null: all
   * @throws SettingException if that is less than one
   */
  BitSet kept(int examples, Seed seed) {
    if (fraction == 1) {
      return null;
    }
    if (examples * fraction < 1) {
      throw new SettingException(
          fraction + " of " + Counted.of(examples, "images") + " is less than one: train on more");
    }
    int count = (int) Math.round(examples * fraction);
    BitSet kept = new BitSet(examples);
    Arrays.stream(seed.child("fraction").stream().permutation(examples))
        .limit(count)
        .forEach(kept::set);
    return kept;
  }

  /** The images of each pass of a step. */
  public int passImages() {
    return microBatchSize == 0 ? batchSize : microBatchSize;
  }

  /**
   * The learning rate of a step: start · ½(1 + cos(π·step/steps)).
   *
   * @param step counted from the first that the weights ever took
   * @param first of this run
   */
  public double learningRateAt(int step, int first) {
    double fallen =
        learningRateSteps == 0
            ? Math.PI * (step - first) / steps
            : Math.PI * step / learningRateSteps;
    return learningRate * 0.5 * (1 + StrictMath.cos(fallen));
  }

  /**
   * Refuses steps at which the learning rate would have fallen to zero.
   *
   * @param before the steps taken before this run
   */
  void requireRate(int before) {
    check(
        learningRateSteps == 0 || learningRateSteps - before >= steps,
        "training.learningRateSteps is "
            + learningRateSteps
            + ", after which the learning rate is zero: "
            + Counted.of(before, "steps")
            + (before == 1 ? " was" : " were")
            + " taken before and "
            + steps
            + " are asked for; set it to at least "
            + ((long) before + steps)
            + ", or to 0 for a rate that falls anew");
  }

  /** As a manifest keeps it: what was added to the format later only where it is used. */
  ObjectNode toJson() {
    ObjectNode json = Json.tree(this);
    if (learningRateSteps == 0) {
      json.remove(LEARNING_RATE_STEPS);
    }
    if (dropClasses == 0) {
      json.remove(DROP_CLASSES);
    }
    if (dropCaptions == 0) {
      json.remove(DROP_CAPTIONS);
    }
    if (fraction == 1) {
      json.remove(FRACTION);
    }
    return json;
  }

  /**
   * Reads the settings that {@link #toJson} wrote.
   *
   * @param where for messages
   */
  static TrainingConfig of(ObjectNode json, String where) {
    ObjectNode whole = json.deepCopy();
    if (!whole.has(LEARNING_RATE_STEPS)) {
      whole.put(LEARNING_RATE_STEPS, 0);
    }
    if (!whole.has(DROP_CLASSES)) {
      whole.put(DROP_CLASSES, 0.0);
    }
    if (!whole.has(DROP_CAPTIONS)) {
      whole.put(DROP_CAPTIONS, 0.0);
    }
    if (!whole.has(FRACTION)) {
      whole.put(FRACTION, 1.0);
    }
    return Json.bind(whole, TrainingConfig.class, where);
  }

  /** The average's decay at a step: min(emaDecay, (1 + step)/(10 + step)). */
  public double emaDecayAt(int step) {
    return Math.min(emaDecay, (1.0 + step) / (10.0 + step));
  }
}
