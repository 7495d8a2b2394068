package io.journey.training;

import io.journey.array.Safetensors;
import io.journey.model.LayeredDenoiser;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Everything the next step of a member's training depends on, beside settings and data.
 *
 * @param nextStep how many steps have been taken
 * @param weights θ, [p]
 * @param mean Adam's, of gradients, [p]
 * @param square Adam's, of their squares, [p]
 * @param average of weights, [p]; meaningless where training keeps none
 */
record TrainingState(int nextStep, float[] weights, float[] mean, float[] square, float[] average) {
  /** The file beside a finished member's model. */
  static final String FILE = "training_state.safetensors";

  private static final String NEXT_STEP = "next_step";
  private static final String WEIGHTS = "weights";
  private static final String MEAN = "adam_mean";
  private static final String SQUARE = "adam_square";
  private static final String AVERAGE = "average";
  private static final String OF = "checkpoint_sha256";

  static TrainingState of(int nextStep, LayeredDenoiser model, Adam adam) {
    float[][] state = adam.state();
    return new TrainingState(nextStep, model.parameters().get(), state[0], state[1], state[2]);
  }

  /** Returns what the state of a model takes in memory. */
  static long bytes(LayeredDenoiser model) {
    return 4L * Float.BYTES * model.parameters().count();
  }

  /** Continues from here. */
  void restore(LayeredDenoiser model, Adam adam) {
    model.parameters().set(weights);
    adam.restore(new float[][] {mean, square, average});
  }

  /** Returns all of it, to continue an interrupted run. */
  Safetensors.Writer writer() {
    return common().add(WEIGHTS, weights, weights.length).add(AVERAGE, average, average.length);
  }

  /** Reads the state that {@link #writer} wrote. */
  static TrainingState read(Safetensors file) {
    return new TrainingState(
        Math.toIntExact(file.longs(NEXT_STEP)[0]),
        file.floats(WEIGHTS),
        file.floats(MEAN),
        file.floats(SQUARE),
        file.floats(AVERAGE));
  }

  /**
   * Returns a writer of the state that a finished checkpoint does not hold itself.
   *
   * @param checkpoint the weights that are its own, [p]
   */
  Safetensors.Writer besides(float[] checkpoint) {
    Safetensors.Writer writer = common().metadata(OF, sha256(checkpoint));
    return Arrays.equals(weights, checkpoint)
        ? writer
        : writer.add(WEIGHTS, weights, weights.length);
  }

  /**
   * Reads the state that was written beside a checkpoint.
   *
   * @param checkpoint the weights of the checkpoint beside it, [p]
   * @throws JourneyException if it belongs to another checkpoint, or is damaged
   */
  static TrainingState besides(Path path, float[] checkpoint) {
    Safetensors file = Safetensors.open(path);
    if (!sha256(checkpoint).equals(file.metadata().get(OF))) {
      throw new JourneyException(
          path
              + " is the training state of other weights than those beside it: name the checkpoint's"
              + " folder unet, to start from its weights alone.");
    }
    long[] next = file.longs(NEXT_STEP);
    float[] weights = file.names().contains(WEIGHTS) ? file.floats(WEIGHTS) : checkpoint;
    float[] mean = file.floats(MEAN);
    float[] square = file.floats(SQUARE);
    if (next.length != 1
        || next[0] < 1
        || next[0] > Integer.MAX_VALUE
        || weights.length != checkpoint.length
        || mean.length != checkpoint.length
        || square.length != checkpoint.length) {
      throw new JourneyException(
          path + " does not fit the checkpoint beside it: train that one again.");
    }
    return new TrainingState((int) next[0], weights, mean, square, checkpoint);
  }

  private Safetensors.Writer common() {
    return new Safetensors.Writer()
        .add(NEXT_STEP, new long[] {nextStep}, 1)
        .add(MEAN, mean, mean.length)
        .add(SQUARE, square, square.length);
  }

  private static String sha256(float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(4, numbers.length));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(numbers);
    return Checksums.of(bytes.array());
  }
}
