package io.journey.unlearning;

import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.LayeredDenoiser;
import io.journey.run.Workers;
import io.journey.tensor.BatchSizes;
import io.journey.tensor.Libtorch;
import io.journey.training.GradientSum;
import java.util.List;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * How likely a model finds a target at a step: f_t (Eq. 3), the mean loss over the draws.
 *
 * @param draws of the target at the step
 * @param mask weights of pixels [H, W]; null: all are 1
 * @param schedule how noise is added and what the model predicts
 */
public record Question(DenoisingDraws draws, Tensor mask, NoiseSchedule schedule) {
  /** Returns f_t of a model. */
  public float loss(LayeredDenoiser model, Workers.Parts parts) {
    float[] shares = new float[passes(model)];
    forEachPass(
        model,
        parts,
        pass -> {
          try (NoGradGuard guard = new NoGradGuard()) {
            shares[pass] = Libtorch.number(share(model, pass));
          }
        });
    float sum = 0;
    for (float share : shares) {
      sum += share;
    }
    return sum;
  }

  /** Returns f_t of a model and its gradient by all weights; the caller closes them. */
  public GradientSum gradient(LayeredDenoiser model, Workers.Parts parts) {
    GradientSum sum = new GradientSum();
    try {
      forEachPass(
          model,
          parts,
          pass -> {
            Tensor loss = share(model, pass);
            sum.add(pass, loss.detach(), model.parameters().gradient(loss));
          });
      return sum;
    } catch (RuntimeException | Error e) {
      sum.close();
      throw e;
    }
  }

  private void forEachPass(LayeredDenoiser model, Workers.Parts parts, IntConsumer body) {
    parts.forEach(
        passes(model),
        pass -> {
          try (PointerScope scope = new PointerScope()) {
            body.accept(pass);
          }
        });
  }

  private int passes(LayeredDenoiser model) {
    int rows = BatchSizes.gradientRows(model.widestOutput());
    return (draws.count() + rows - 1) / rows;
  }

  /** The share of some draws in f_t. */
  private Tensor share(LayeredDenoiser model, int pass) {
    int rows = BatchSizes.gradientRows(model.widestOutput());
    int from = pass * rows;
    int some = Math.min(rows, draws.count() - from);
    DenoisingBatch batch =
        DenoisingBatch.of(
            List.of(draws), from, some, model.shape(), schedule, model.parameters().type());
    Tensor losses = DenoisingLoss.perRow(model.predict(batch.input()), batch, mask);
    return losses.sum().div(new Scalar((double) draws.count()));
  }
}
