package io.journey.gradient;

import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.OutputFunction;
import io.journey.model.LayeredDenoiser;
import io.journey.nn.ExampleGradientRule;
import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.nn.TrackedLayer;
import io.journey.tensor.BatchSizes;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * Many images in one batch: a backward pass gives the gradient δ of every layer's output, and with
 * the layer's input each image's weight gradients follow ({@link
 * io.journey.nn.ExampleGradientRule}). Images with more draws than fit into a batch are spread over
 * several.
 *
 * <p>Row r·N + n of a batch is draw r of image n. So a tensor (R·N, C, …) is also (R, N·C, …), in
 * which the channels of different images are different channels. A layer that a caption goes
 * through sees N rows: autograd has summed their δ over the draws.
 */
public final class LayerwiseGradients implements ExampleGradients {
  /** What the sums of an image's gradients may take, at eight bytes a number. */
  private static final long SUM_BYTES = 1L << 30;

  private record Call(TrackedLayer layer, ExampleGradientRule.Use use, Tensor result) {}

  private final LayeredDenoiser model;
  private final NoiseSchedule schedule;
  private final OutputFunction output;
  private final int rows;

  public LayerwiseGradients(LayeredDenoiser model, NoiseSchedule schedule, OutputFunction output) {
    this.model = model;
    this.schedule = schedule;
    this.output = output;
    this.rows = BatchSizes.gradientRows(model.widestOutput());
  }

  @Override
  public float[] compute(List<DenoisingDraws> images, Tensor mask, GradientSink sink) {
    float[] losses = new float[images.size()];
    for (int from = 0; from < images.size(); ) {
      int draws = images.get(from).count();
      int to = from + 1;
      while (to < images.size()
          && images.get(to).count() == draws
          && (to - from + 1) * draws <= rows) {
        to++;
      }
      int passes = (draws + rows - 1) / rows;
      if (passes > 1 && sink.wantsSums() && bytes(sink) <= SUM_BYTES) { // of one image
        try (SummedGradients sums = new SummedGradients(sink)) {
          compute(images.subList(from, to), passes, mask, from, sums, losses);
          try (NoGradGuard guard = new NoGradGuard()) {
            sums.deliver(from);
          }
        }
      } else {
        compute(images.subList(from, to), passes, mask, from, sink, losses);
      }
      from = to;
    }
    return losses;
  }

  private long bytes(GradientSink sink) {
    return model.parameters().list().stream()
        .filter(weight -> isWanted(weight, sink))
        .mapToLong(weight -> (long) Double.BYTES * weight.numel())
        .sum();
  }

  /** All draws of some images, in passes. */
  private void compute(
      List<DenoisingDraws> images,
      int passes,
      Tensor mask,
      int image,
      GradientSink sink,
      float[] losses) {
    int draws = images.get(0).count();
    for (int pass = 0; pass < passes; pass++) {
      int first = draws * pass / passes;
      int count = draws * (pass + 1) / passes - first;
      compute(images, first, count, mask, image, sink, losses);
    }
  }

  /** The share of some draws of some images, which all have as many. */
  private void compute(
      List<DenoisingDraws> images,
      int draw,
      int draws,
      Tensor mask,
      int image,
      GradientSink sink,
      float[] losses) {
    try (PointerScope scope = new PointerScope()) {
      List<Call> calls = new ArrayList<>();
      DenoisingBatch batch =
          DenoisingBatch.of(
              images, draw, draws, model.shape(), schedule, model.parameters().type());
      Tensor predicted =
          model.predict(
              batch.input(),
              (layer, input, result, saved) -> {
                if (isWanted(layer, sink)) {
                  ExampleGradientRule.Use use =
                      ExampleGradientRule.Use.of(input.detach(), saved, images.size(), draws);
                  calls.add(new Call(layer, use, result));
                }
              });
      Tensor loss =
          DenoisingLoss.perRow(output, predicted, batch, mask)
              .view(draws, images.size())
              .sum(0)
              .div(new Scalar((double) images.get(0).count())); // (N)
      float[] shares = Libtorch.floats(loss.detach());
      for (int i = 0; i < shares.length; i++) {
        losses[image + i] += shares[i];
      }
      TensorVector deltas = outputGradients(loss.sum(), calls);
      for (int i = 0; i < calls.size(); i++) {
        try (PointerScope ofLayer = new PointerScope();
            NoGradGuard guard = new NoGradGuard()) {
          Call call = calls.get(i);
          call.layer().rule().apply(call.use(), deltas.get(i), from(image, sink));
        }
      }
    }
  }

  private static boolean isWanted(TrackedLayer layer, GradientSink sink) {
    return isWanted(layer.weight(), sink) || layer.bias() != null && isWanted(layer.bias(), sink);
  }

  /** A constant beside θ has no gradient. */
  private static boolean isWanted(Parameter weight, GradientSink sink) {
    return !weight.isConstant() && sink.wants(weight);
  }

  /** The sink for the images of a batch, the first of which has a number. */
  private static ExampleGradientRule.Sink from(int image, GradientSink sink) {
    return new ExampleGradientRule.Sink() {
      @Override
      public boolean wants(Parameter weight) {
        return isWanted(weight, sink);
      }

      @Override
      public void accept(Parameter weight, LayerGradient gradient) {
        sink.accept(weight, image, gradient);
      }
    };
  }

  private static TensorVector outputGradients(Tensor loss, List<Call> calls) {
    TensorVector outputs = new TensorVector();
    calls.forEach(call -> outputs.push_back(call.result()));
    return Libtorch.gradients(loss, outputs);
  }
}
