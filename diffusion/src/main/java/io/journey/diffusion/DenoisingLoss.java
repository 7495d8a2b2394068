package io.journey.diffusion;

import org.bytedeco.pytorch.Tensor;

/**
 * The squared error of what the model predicts (its noise ε, unless the schedule says otherwise),
 * the loss of training and the model output of Eq. 3 alike: the mean over pixels of mask·(ε −
 * ε_θ(x_t, t))² or the same of x_0 or v. A mean where the paper's Eq. 3 has a sum: the factor
 * 1/(C·H·W) is the same for all examples and changes no ranking.
 */
public final class DenoisingLoss {
  private DenoisingLoss() {}

  /**
   * @param predicted the model's output at (x_t, t), [B, C, H, W]
   * @param batch the draws it was predicted for
   * @param mask weights of pixels, broadcast over rows and channels, [H, W], or null for all ones;
   *     the mean stays over all pixels
   * @return the loss of each row, times its weight where the batch has weights, [B]
   */
  public static Tensor perRow(Tensor predicted, DenoisingBatch batch, Tensor mask) {
    return perRow(OutputFunction.LOSS, predicted, batch, mask);
  }

  /**
   * Returns the same, or another output in its place.
   *
   * @param output what is averaged over pixels
   */
  public static Tensor perRow(
      OutputFunction output, Tensor predicted, DenoisingBatch batch, Tensor mask) {
    Tensor exact = predicted.to(batch.target().scalar_type());
    Tensor ofPixels =
        switch (output) {
          case LOSS -> batch.target().sub(predicted).square();
          case NORM -> exact.square();
          case MEAN -> exact;
          case PROBE -> exact.mul(batch.probe());
        };
    Tensor weighted = mask == null ? ofPixels : ofPixels.mul(mask);
    Tensor losses = weighted.flatten(1, -1).mean(1);
    return batch.weights() == null ? losses : losses.mul(batch.weights());
  }
}
