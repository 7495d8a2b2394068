package io.journey.gradient;

import io.journey.model.Conv2d;
import io.journey.model.Embedding;
import io.journey.model.GroupNorm;
import io.journey.model.Layer;
import io.journey.model.Linear;
import io.journey.model.Parameter;
import io.journey.tensor.Libtorch;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Each image's weight gradients of one layer, from the layer's input a and the gradient δ of its
 * output: Σ over the image's draws and positions of δ·aᵀ (Goodfellow 2015).
 *
 * <p>A convolution's are those of <em>one</em> convolution with N groups over (R, N·I, H, W): the
 * images stand side by side as groups of channels (after Rochette et al. 2019), and its weight
 * gradient (N·O, I, K, K) is that of each image. It costs what the weight gradient of a batch
 * costs.
 *
 * <p>Symbols: N images of R draws, B = R·N rows, row r·N + n being draw r of image n; L positions,
 * I and O channels in and out, K the side of a kernel.
 */
final class WeightGradients {
  /** Receives the gradients of one weight. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param offset of the weight in the flat vector
     * @param parts [N, n]
     */
    void add(int offset, Tensor parts);
  }

  /** Channels are computed this many at a time; other numbers of them have no fast groups. */
  private static final int BLOCK = 8;

  private final Layer layer;
  private final Tensor input;
  private final Tensor[] saved;
  private final long draws;

  private WeightGradients(Layer layer, Tensor input, Tensor[] saved, int draws) {
    this.layer = layer;
    this.input = input;
    this.saved = saved;
    this.draws = draws;
  }

  /**
   * @param input a, [B, …]
   * @param saved what the layer put on the tape besides
   * @param draws R
   */
  static WeightGradients of(Layer layer, Tensor input, Tensor[] saved, int draws) {
    return new WeightGradients(layer, input.detach(), saved, draws);
  }

  /**
   * Hands over the gradients of weight and bias.
   *
   * @param delta δ, shaped like the layer's output
   */
  void compute(Tensor delta, Sink sink) {
    if (layer instanceof Conv2d conv) {
      convolution(conv, delta.contiguous(), sink);
    } else if (layer instanceof Linear) {
      Tensor d = tokens(delta); // (N, R·L, O)
      put(layer.weight(), torch.bmm(d.transpose(1, 2), tokens(input)), sink);
      put(layer.bias(), d.sum(1), sink);
    } else if (layer instanceof GroupNorm norm) {
      norm(norm, delta.contiguous(), sink);
    } else if (layer instanceof Embedding table) {
      Tensor chosen = torch.one_hot(input, table.rows()).to(delta.scalar_type()); // (B, V)
      put(layer.weight(), torch.bmm(tokens(chosen).transpose(1, 2), tokens(delta)), sink);
    }
  }

  private void convolution(Conv2d conv, Tensor delta, Sink sink) {
    if (hasGroups(conv)) {
      T_TensorTensorTensor_T gradients = grouped(conv, delta);
      put(layer.weight(), gradients.get1(), sink); // (N·O, I, K, K)
      put(layer.bias(), gradients.get2(), sink); // (N·O)
    } else {
      put(layer.weight(), patched(conv, delta), sink);
      put(layer.bias(), channels(delta).sum(2), sink);
    }
  }

  /** As the gradient of a norm of N·G groups: those of the images stand side by side. */
  private void norm(GroupNorm norm, Tensor delta, Sink sink) {
    long channels = delta.size(0) / draws * delta.size(1);
    // Of the scale and of a convolution's weights their gradients need the shape alone.
    Tensor scale = Libtorch.empty(delta.scalar_type().intern(), channels);
    try (BoolPointer wanted = new BoolPointer(3)) {
      T_TensorTensorTensor_T gradients =
          torch.native_group_norm_backward(
              delta,
              input,
              saved[0].view(draws, -1),
              saved[1].view(draws, -1),
              new TensorOptional(scale),
              draws,
              channels,
              delta.numel() / (draws * channels),
              delta.size(0) / draws * norm.groups(),
              wanted.put(0, false).put(1, true).put(2, true));
      put(layer.weight(), gradients.get1(), sink); // (N·C)
      put(layer.bias(), gradients.get2(), sink); // (N·C)
    }
  }

  private boolean hasGroups(Conv2d conv) {
    long[] shape = conv.weight().shape(); // (O, I, K, K)
    return input.scalar_type().intern() == ScalarType.Float
        && shape[0] % BLOCK == 0
        && shape[1] % BLOCK == 0;
  }

  /** As the gradients of a convolution of N groups. */
  private T_TensorTensorTensor_T grouped(Conv2d conv, Tensor delta) {
    long images = delta.size(0) / draws;
    Tensor a = input.contiguous();
    long[] shape = conv.weight().shape();
    long outs = images * shape[0];
    Tensor weights = Libtorch.empty(ScalarType.Float, outs, shape[1], shape[2], shape[3]);
    try (BoolPointer wanted = new BoolPointer(3)) {
      return torch.convolution_backward(
          delta.view(draws, outs, delta.size(2), delta.size(3)),
          a.view(draws, images * a.size(1), a.size(2), a.size(3)),
          weights,
          new long[] {outs},
          new long[] {conv.stride(), conv.stride()},
          new long[] {conv.padding(), conv.padding()},
          new long[] {1, 1},
          false,
          new long[] {0, 0},
          images,
          wanted.put(0, false).put(1, true).put(2, true));
    }
  }

  /** As a product with the inputs of every position: (N, O, I·K·K) */
  private Tensor patched(Conv2d conv, Tensor delta) {
    Tensor patches = input;
    if (conv.kernel() != 1 || conv.stride() != 1 || conv.padding() != 0) {
      patches =
          torch.im2col(
              input,
              new long[] {conv.kernel(), conv.kernel()},
              new long[] {1, 1},
              new long[] {conv.padding(), conv.padding()},
              conv.stride(),
              conv.stride()); // (B, I·K·K, L)
    }
    return torch.bmm(channels(delta), channels(patches).transpose(1, 2));
  }

  /** (B, C, …) -> (N, C, R·L) */
  private Tensor channels(Tensor x) {
    long images = x.size(0) / draws;
    Tensor byDraw = x.reshape(draws, images, x.size(1), -1); // (R, N, C, L)
    return byDraw.permute(1, 2, 0, 3).reshape(images, x.size(1), -1);
  }

  /** (B, …, C) -> (N, R·L, C) */
  private Tensor tokens(Tensor x) {
    long images = x.size(0) / draws;
    long width = x.size(-1);
    return x.reshape(draws, images, -1, width).transpose(0, 1).reshape(images, -1, width);
  }

  private void put(Parameter weight, Tensor gradients, Sink sink) {
    long images = gradients.numel() / weight.numel();
    sink.add(weight.offset(), gradients.reshape(images, weight.numel()));
  }
}
