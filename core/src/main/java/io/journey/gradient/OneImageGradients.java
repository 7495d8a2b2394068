package io.journey.gradient;

import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Denoiser;
import io.journey.model.Parameters;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * One backward pass for each image, over the mini-batch of its R draws: the gradient of their mean
 * loss is the gradient wanted. Works for any model.
 */
public final class OneImageGradients implements ExampleGradients {
  private final Denoiser model;
  private final NoiseSchedule schedule;

  public OneImageGradients(Denoiser model, NoiseSchedule schedule) {
    this.model = model;
    this.schedule = schedule;
  }

  @Override
  public void compute(List<DenoisingDraws> images, Tensor mask, Sink sink) {
    float[] gradient = new float[model.parameters().count()];
    for (int i = 0; i < images.size(); i++) {
      try (PointerScope scope = new PointerScope()) {
        double loss = gradient(images.get(i), mask, gradient);
        sink.accept(i, gradient, loss);
      }
    }
  }

  private double gradient(DenoisingDraws image, Tensor mask, float[] out) {
    Parameters parameters = model.parameters();
    DenoisingBatch batch =
        DenoisingBatch.of(List.of(image), model.shape(), schedule, parameters.type());
    Tensor predicted = model.predict(batch.xt(), batch.timesteps(), batch.labels());
    Tensor loss = DenoisingLoss.perRow(predicted, batch, mask).mean();
    TensorVector gradients = Libtorch.gradients(loss, parameters.leaves());
    for (int j = 0; j < parameters.list().size(); j++) {
      Tensor part = gradients.get(j);
      int offset = parameters.list().get(j).offset();
      if (part.defined()) {
        Libtorch.floats(part, out, offset);
      } else {
        java.util.Arrays.fill(out, offset, offset + parameters.list().get(j).numel(), 0f);
      }
    }
    return loss.item_double();
  }
}
