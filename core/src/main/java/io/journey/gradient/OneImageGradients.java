package io.journey.gradient;

import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.ModelOutput;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Denoiser;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
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
  private final ModelOutput output;

  public OneImageGradients(Denoiser model, NoiseSchedule schedule, ModelOutput output) {
    this.model = model;
    this.schedule = schedule;
    this.output = output;
  }

  @Override
  public float[] compute(List<DenoisingDraws> images, Tensor mask, Sink sink) {
    float[] losses = new float[images.size()];
    for (int i = 0; i < losses.length; i++) {
      try (PointerScope scope = new PointerScope()) {
        losses[i] = compute(i, images.get(i), mask, sink);
      }
    }
    return losses;
  }

  private float compute(int index, DenoisingDraws image, Tensor mask, Sink sink) {
    Parameters parameters = model.parameters();
    DenoisingBatch batch =
        DenoisingBatch.of(List.of(image), model.shape(), schedule, parameters.type());
    Tensor predicted = model.predict(batch.input());
    Tensor loss = DenoisingLoss.perRow(output, predicted, batch, mask).mean();
    TensorVector gradients = Libtorch.gradients(loss, parameters.leaves());
    List<Parameter> list = parameters.list();
    for (int j = 0; j < list.size(); j++) {
      Tensor part = gradients.get(j);
      if (part.defined()) { // not where the loss does not depend on the weight
        Parameter weight = list.get(j);
        Factors factors = part.dim() < 2 ? null : sink.factors(weight);
        Tensor wanted = factors == null ? part : factors.of(part);
        sink.add(index, weight.offset(), wanted.reshape(1, -1));
      }
    }
    return loss.item_float();
  }
}
