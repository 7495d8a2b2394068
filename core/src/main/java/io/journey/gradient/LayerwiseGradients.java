package io.journey.gradient;

import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Conv2d;
import io.journey.model.GroupNorm;
import io.journey.model.Layer;
import io.journey.model.LayeredDenoiser;
import io.journey.model.Parameter;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Many images in one batch: a backward pass gives the gradient δ of every layer's output, and with
 * the layer's input a each image's weight gradients follow, Σ over its draws and positions of δ·aᵀ
 * (Goodfellow 2015; Rochette et al. 2019 for convolutions). All images must have as many draws.
 *
 * <p>Symbols: N images of R draws, B = N·R rows, L positions, I and O channels in and out, K the
 * side of a kernel.
 */
public final class LayerwiseGradients implements ExampleGradients {
  private record Call(Layer layer, Tensor input, Tensor output) {}

  private final LayeredDenoiser model;
  private final NoiseSchedule schedule;

  public LayerwiseGradients(LayeredDenoiser model, NoiseSchedule schedule) {
    this.model = model;
    this.schedule = schedule;
  }

  @Override
  public void compute(List<DenoisingDraws> images, Tensor mask, Sink sink) {
    int draws = images.get(0).count();
    for (DenoisingDraws image : images) {
      if (image.count() != draws) {
        throw new IllegalArgumentException(
            "images of one batch need as many draws, got " + draws + " and " + image.count());
      }
    }
    int p = model.parameters().count();
    float[][] gradients = new float[images.size()][p];
    float[] losses;
    try (PointerScope scope = new PointerScope()) {
      List<Call> calls = new ArrayList<>();
      DenoisingBatch batch =
          DenoisingBatch.of(images, model.shape(), schedule, model.parameters().type());
      Tensor predicted =
          model.predict(
              batch.xt(),
              batch.timesteps(),
              batch.labels(),
              (layer, in, out) -> calls.add(new Call(layer, in, out)));
      Tensor loss =
          DenoisingLoss.perRow(predicted, batch, mask).view(images.size(), draws).mean(1); // (N)
      losses = Libtorch.floats(loss.detach());
      TensorVector deltas = outputGradients(loss.sum(), calls);
      for (int i = 0; i < calls.size(); i++) {
        addLayer(calls.get(i), deltas.get(i), images.size(), gradients);
      }
    }
    for (int i = 0; i < gradients.length; i++) {
      sink.accept(i, gradients[i], losses[i]);
    }
  }

  private static TensorVector outputGradients(Tensor loss, List<Call> calls) {
    TensorVector outputs = new TensorVector();
    calls.forEach(call -> outputs.push_back(call.output()));
    return Libtorch.gradients(loss, outputs);
  }

  private static void addLayer(Call call, Tensor delta, int images, float[][] out) {
    try (PointerScope scope = new PointerScope()) {
      Tensor input = call.input().detach();
      Layer layer = call.layer();
      Tensor weight;
      Tensor bias;
      if (layer instanceof GroupNorm norm) {
        weight = sumOverPositions(norm.normalized(input).mul(delta), images);
        bias = sumOverPositions(delta, images);
      } else {
        // (N, O, R·L) and (N, I', R·L), I' the inputs of one output
        Tensor d = layer instanceof Conv2d ? channelsFirst(delta, images) : rows(delta, images);
        Tensor a =
            layer instanceof Conv2d conv
                ? channelsFirst(patches(conv, input), images)
                : rows(input, images);
        weight = torch.bmm(d, a.transpose(1, 2)); // (N, O, I')
        bias = d.sum(2); // (N, O)
      }
      copy(weight, layer.weight(), out);
      copy(bias, layer.bias(), out);
    }
  }

  /** (B, I, H, W) -> (B, I·K·K, L): the inputs of every output position. */
  private static Tensor patches(Conv2d conv, Tensor input) {
    if (conv.kernel() == 1 && conv.stride() == 1 && conv.padding() == 0) {
      return input;
    }
    return torch.im2col(
        input,
        new long[] {conv.kernel(), conv.kernel()},
        new long[] {1, 1},
        new long[] {conv.padding(), conv.padding()},
        conv.stride(),
        conv.stride());
  }

  /** (B, C, …) -> (N, C, R·L) */
  private static Tensor channelsFirst(Tensor x, int images) {
    long draws = x.size(0) / images;
    Tensor byImage = x.flatten(2, -1).view(images, draws, x.size(1), -1); // (N, R, C, L)
    return draws == 1 ? byImage.squeeze(1) : byImage.transpose(1, 2).reshape(images, x.size(1), -1);
  }

  /** (B, …, C) -> (N, C, R·L) */
  private static Tensor rows(Tensor x, int images) {
    return x.reshape(images, -1, x.size(-1)).transpose(1, 2);
  }

  /** (B, C, …) -> (N, C) */
  private static Tensor sumOverPositions(Tensor x, int images) {
    return x.reshape(images, x.size(0) / images, x.size(1), -1).sum(1, 3);
  }

  private static void copy(Tensor perImage, Parameter parameter, float[][] out) {
    float[] values = Libtorch.floats(perImage);
    int numel = parameter.numel();
    for (int i = 0; i < out.length; i++) {
      System.arraycopy(values, i * numel, out[i], parameter.offset(), numel);
    }
  }
}
