package io.journey.training;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.LayeredDenoiser;
import io.journey.random.Seed;
import io.journey.run.Workers;
import io.journey.tensor.BatchSizes;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The optimizer steps of one member: the same bytes whenever and wherever they are taken.
 *
 * @param batches the images of each step
 * @param config rate, decays, sizes of batches
 * @param shape of the images
 * @param schedule of their noise
 */
record TrainingSteps(
    TrainingBatches batches, TrainingConfig config, ImageShape shape, NoiseSchedule schedule) {
  /**
   * @param images it is trained on
   * @param seed of everything random about the member
   */
  static TrainingSteps of(
      CheckpointTraining.Recipe recipe, Dataset data, TrainedImages images, Seed seed) {
    NoiseSchedule schedule = NoiseSchedule.of(recipe.scheduler().forward());
    TrainingConfig config = recipe.config();
    TrainingBatches batches =
        new TrainingBatches(
            data, images, config, schedule, seed, config.nullClass(recipe.architecture()));
    return new TrainingSteps(batches, config, data.shape(), schedule);
  }

  /** One draw of each image of a step that is not left out; perhaps none. */
  List<DenoisingDraws> batch(int step) {
    return batches.batch(step);
  }

  /**
   * Takes a step.
   *
   * @param images its batch, at least one
   * @param sum receives the loss and its gradient
   */
  void take(
      LayeredDenoiser model,
      Adam adam,
      int step,
      List<DenoisingDraws> images,
      GradientSum sum,
      Workers.Parts parts) {
    add(model, images, sum, parts);
    adam.step(step, sum.gradient(), parts);
  }

  /** Adds the loss of a batch and its gradient. */
  void add(
      LayeredDenoiser model, List<DenoisingDraws> images, GradientSum sum, Workers.Parts parts) {
    int pass = BatchSizes.training(images.size(), config.passImages(), model.widestOutput());
    double weight = weight(images);
    parts.forEach(
        (images.size() + pass - 1) / pass,
        i -> {
          int from = i * pass;
          int to = Math.min(images.size(), from + pass);
          add(model, images.subList(from, to), (to - from) / weight, i, sum);
        });
  }

  /** How many whole images some are worth. */
  private static double weight(List<DenoisingDraws> images) {
    return images.stream().mapToDouble(d -> d.weights() == null ? 1 : d.weights()[0]).sum();
  }

  /**
   * Adds the share of some images in the step's mean loss and its gradient.
   *
   * @param share their number, by how many whole images the batch is worth
   */
  private void add(
      LayeredDenoiser model, List<DenoisingDraws> images, double share, int pass, GradientSum sum) {
    try (PointerScope scope = new PointerScope()) {
      DenoisingBatch batch = DenoisingBatch.of(images, shape, schedule, ScalarType.Float);
      Tensor predicted = Libtorch.inTrainingPrecision(() -> model.predict(batch.input()));
      Tensor loss = DenoisingLoss.perRow(predicted, batch, null).mean();
      if (share != 1) {
        loss = loss.mul(new Scalar(share));
      }
      sum.add(pass, loss.detach(), model.parameters().gradient(loss));
    }
  }
}
