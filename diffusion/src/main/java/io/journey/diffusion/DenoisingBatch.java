package io.journey.diffusion;

import io.journey.condition.Condition;
import io.journey.condition.Conditioning;
import io.journey.dataset.ImageShape;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The draws of one or more images as native tensors, one row a draw: of N images, row r·N + n is
 * draw r of image n. Images never share an entry of the conditions, not even where they have the
 * same one: so each keeps its own gradient in every layer, whatever the batch is for. Lives in the
 * caller's {@code PointerScope}.
 *
 * @param input noised images x_t with their steps and conditions
 * @param target what the model should predict, [B, C, H, W]
 * @param weights of each row's loss, [B]; null where all are 1
 * @param probe u of each row, [B, C, H, W]; null where the draws have none
 */
public record DenoisingBatch(DenoiserInput input, Tensor target, Tensor weights, Tensor probe) {
  /** A batch without a probe. */
  public DenoisingBatch(DenoiserInput input, Tensor target, Tensor weights) {
    this(input, target, weights, null);
  }

  /**
   * Returns all draws of some images.
   *
   * @throws IllegalArgumentException if they have different numbers of draws
   */
  public static DenoisingBatch of(
      List<DenoisingDraws> images, ImageShape shape, NoiseSchedule schedule, ScalarType type) {
    int draws = images.get(0).count();
    for (DenoisingDraws image : images) {
      if (image.count() != draws) {
        throw new IllegalArgumentException(
            "images of one batch need as many draws, got " + draws + " and " + image.count());
      }
    }
    return of(images, 0, draws, shape, schedule, type);
  }

  /**
   * Noises images: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε. It and the target, which is ε, x_0 or v as the
   * schedule says, are computed in float64 and rounded once.
   *
   * @param first the first draw taken of each image
   * @param draws how many are taken of each
   */
  public static DenoisingBatch of(
      List<DenoisingDraws> images,
      int first,
      int draws,
      ImageShape shape,
      NoiseSchedule schedule,
      ScalarType type) {
    int rows = images.size() * draws;
    int numel = shape.numel();
    float[] xt = new float[rows * numel];
    float[] target = new float[rows * numel];
    PredictionType predicted = schedule.predictionType();
    int[] timesteps = new int[rows];
    Conditioning conditions =
        Conditioning.ofImages(
            images.stream().map(image -> conditions(image, first, draws)).toList(), draws);
    float[] weights = new float[rows];
    float[] probe = images.get(0).probe() == null ? null : new float[rows * numel];
    for (int row = 0; row < rows; row++) {
      DenoisingDraws image = images.get(row % images.size());
      int r = first + row / images.size();
      timesteps[row] = image.timesteps()[r];
      weights[row] = image.weights() == null ? 1 : image.weights()[r];
      double signal = schedule.signal(timesteps[row]);
      double sigma = schedule.sigma(timesteps[row]);
      int from = r * numel;
      int to = row * numel;
      if (probe != null) {
        System.arraycopy(image.probe(), from, probe, to, numel);
      }
      for (int i = 0; i < numel; i++) {
        double clean = image.image()[i];
        double noise = image.noise()[from + i];
        xt[to + i] = (float) (signal * clean + sigma * noise);
        target[to + i] = (float) predicted.target(clean, noise, signal, sigma);
      }
    }
    long[] dims = {rows, shape.channels(), shape.height(), shape.width()};
    // What is subtracted and averaged stays in float32 where the model has less.
    ScalarType exact = type == ScalarType.BFloat16 ? ScalarType.Float : type;
    return new DenoisingBatch(
        new DenoiserInput(Libtorch.of(xt, type, dims), timesteps, conditions),
        Libtorch.of(target, exact, dims),
        images.stream().allMatch(d -> d.weights() == null)
            ? null
            : Libtorch.of(weights, exact, rows),
        probe == null ? null : Libtorch.of(probe, exact, dims));
  }

  /** The conditions of some draws; one where it is that of all. */
  private static List<Condition> conditions(DenoisingDraws image, int first, int draws) {
    return image.conditions().size() == 1
        ? image.conditions()
        : image.conditions().subList(first, first + draws);
  }
}
