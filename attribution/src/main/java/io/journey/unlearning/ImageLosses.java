package io.journey.unlearning;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Denoiser;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.Workers;
import io.journey.tensor.BatchSizes;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The loss of each training image under draws that all images share, by one model and then by
 * another: what the other has lost.
 *
 * @param data the images
 * @param schedule of the models
 * @param draws t and ε, [R]; their own image and condition mean nothing
 */
public record ImageLosses(Dataset data, NoiseSchedule schedule, DenoisingDraws draws) {
  /** The noisiest part of the schedule's steps, of which draws are (MUCS). */
  private static final double NOISIEST = 0.7;

  /** Keeps a loss near 0 from counting however little it changes (MUCS). */
  private static final double FLOOR = 1e-3;

  /**
   * R draws with t uniform on the noisiest 70 % of the schedule's T steps, ⌈0.3·T⌉ … T−1, and ε
   * standard Gaussian. Draw r depends on the seed and r alone.
   */
  public static ImageLosses of(Dataset data, NoiseSchedule schedule, Seed seed, int draws) {
    int numel = data.shape().numel();
    int first = schedule.steps() - (int) Math.floor(NOISIEST * schedule.steps());
    int[] timesteps = new int[draws];
    float[] noise = new float[Math.multiplyExact(draws, numel)];
    for (int r = 0; r < draws; r++) {
      RandomStream stream = seed.child(r).stream();
      timesteps[r] = first + stream.nextInt(schedule.steps() - first);
      stream.fillGaussian(noise, r * numel, numel);
    }
    DenoisingDraws common = new DenoisingDraws(new float[numel], Condition.NONE, timesteps, noise);
    return new ImageLosses(data, schedule, common);
  }

  /**
   * Computes the loss of every image and draw.
   *
   * @return draw r of image i at i·R + r, [N·R]
   */
  public float[] of(Denoiser model, Workers.Parts parts) {
    int count = draws.count();
    float[] all = new float[Math.multiplyExact(data.size(), count)];
    forEach(
        model, parts, (image, losses) -> System.arraycopy(losses, 0, all, image * count, count));
    return all;
  }

  /**
   * Computes how much of every image a model has lost: the mean over draws of (ℓ_u − ℓ_0)/(ℓ_u +
   * ℓ_0 + 10⁻³), in (−1, 1), positive where its loss is higher.
   *
   * @param before ℓ_0, what {@link #of(Denoiser, Workers.Parts)} said of the model before, [N·R]
   * @param model has ℓ_u
   * @return [N]
   */
  public float[] lost(float[] before, Denoiser model, Workers.Parts parts) {
    int count = draws.count();
    float[] lost = new float[data.size()];
    forEach(
        model,
        parts,
        (image, losses) -> {
          double sum = 0;
          for (int r = 0; r < count; r++) {
            double was = before[image * count + r];
            double is = losses[r];
            sum += (is - was) / (is + was + FLOOR);
          }
          lost[image] = (float) (sum / count);
        });
    return lost;
  }

  /** Is told the losses of an image, [R], which it may not keep. */
  private interface Sink {
    void accept(int image, float[] losses);
  }

  /** Images go through the model in the same company for any number of threads. */
  private void forEach(Denoiser model, Workers.Parts parts, Sink sink) {
    int together = Math.max(1, BatchSizes.LOSSES / draws.count());
    parts.forEach(
        (data.size() + together - 1) / together,
        group -> {
          int from = group * together;
          int to = Math.min(data.size(), from + together);
          float[][] losses = losses(model, from, to);
          for (int image = from; image < to; image++) {
            sink.accept(image, losses[image - from]);
          }
        });
  }

  /** The losses of some images, [to − from][R]. */
  private float[][] losses(Denoiser model, int from, int to) {
    List<DenoisingDraws> images = new ArrayList<>();
    for (int image = from; image < to; image++) {
      float[] pixels = new float[data.shape().numel()];
      data.read(image, pixels, 0);
      images.add(draws.withImage(pixels, data.conditions(image)));
    }
    float[][] losses = new float[images.size()][draws.count()];
    for (int first = 0; first < draws.count(); first += BatchSizes.LOSSES) {
      int some = Math.min(BatchSizes.LOSSES, draws.count() - first);
      float[] ofRows = losses(model, images, first, some);
      for (int row = 0; row < ofRows.length; row++) {
        losses[row % images.size()][first + row / images.size()] = ofRows[row];
      }
    }
    return losses;
  }

  /** Some draws of some images: draw r of image n at r·images + n. */
  private float[] losses(Denoiser model, List<DenoisingDraws> images, int first, int some) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      DenoisingBatch batch =
          DenoisingBatch.of(
              images, first, some, model.shape(), schedule, model.parameters().type());
      Tensor predicted = model.predict(batch.input());
      return Libtorch.floats(DenoisingLoss.perRow(predicted, batch, null));
    }
  }
}
