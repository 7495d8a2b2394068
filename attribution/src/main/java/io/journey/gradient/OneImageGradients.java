package io.journey.gradient;

import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.OutputFunction;
import io.journey.model.Denoiser;
import io.journey.nn.FormedGradient;
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
  private final OutputFunction output;

  public OneImageGradients(Denoiser model, NoiseSchedule schedule, OutputFunction output) {
    this.model = model;
    this.schedule = schedule;
    this.output = output;
  }

  @Override
  public float[] compute(List<DenoisingDraws> images, Tensor mask, GradientSink sink) {
    float[] losses = new float[images.size()];
    for (int i = 0; i < losses.length; i++) {
      try (PointerScope scope = new PointerScope()) {
        losses[i] = compute(i, images.get(i), mask, sink);
      }
    }
    return losses;
  }

  private float compute(int index, DenoisingDraws image, Tensor mask, GradientSink sink) {
    Parameters parameters = model.parameters();
    DenoisingBatch batch =
        DenoisingBatch.of(List.of(image), model.shape(), schedule, parameters.type());
    Tensor predicted = model.predict(batch.input());
    Tensor loss = DenoisingLoss.perRow(output, predicted, batch, mask).mean();
    List<Parameter> wanted = parameters.list().stream().filter(sink::wants).toList();
    TensorVector leaves = new TensorVector();
    wanted.forEach(weight -> leaves.push_back(weight.tensor()));
    TensorVector gradients = Libtorch.gradients(loss, leaves);
    for (int j = 0; j < wanted.size(); j++) {
      if (gradients.get(j).defined()) { // not where the loss does not depend on the weight
        Parameter weight = wanted.get(j);
        sink.accept(weight, index, FormedGradient.of(weight, gradients.get(j)));
      }
    }
    return Libtorch.number(loss);
  }
}
