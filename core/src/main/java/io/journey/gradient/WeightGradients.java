package io.journey.gradient;

import io.journey.nn.Conv2d;
import io.journey.nn.Embedding;
import io.journey.nn.GroupNorm;
import io.journey.nn.Linear;
import io.journey.nn.Parameter;
import io.journey.nn.TrackedLayer;
import io.journey.tensor.Libtorch;
import java.util.function.BiConsumer;
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
  /** Channels are computed this many at a time; other numbers of them have no fast groups. */
  private static final int BLOCK = 8;

  private final TrackedLayer layer;
  private final Tensor input;
  private final Tensor[] saved;
  private final long draws;

  private WeightGradients(TrackedLayer layer, Tensor input, Tensor[] saved, int draws) {
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
  static WeightGradients of(TrackedLayer layer, Tensor input, Tensor[] saved, int draws) {
    return new WeightGradients(layer, input.detach(), saved, draws);
  }

  /**
   * Hands over the gradients of weight and bias.
   *
   * @param delta δ, shaped like the layer's output
   * @param image the sink's number of the first image
   */
  void compute(Tensor delta, int image, ExampleGradients.Sink sink) {
    long images = delta.size(0) / draws;
    BiConsumer<Parameter, Tensor> put =
        (weight, parts) -> sink.add(image, weight.offset(), parts.reshape(images, -1));
    if (layer instanceof GroupNorm norm) {
      norm(norm, delta.contiguous(), put);
      return;
    }
    Factors factors = sink.factors(layer.weight());
    if (layer instanceof Conv2d conv) {
      if (factors == null && hasGroups(conv)) {
        grouped(conv, delta.contiguous(), put);
        return;
      }
      put.accept(
          conv.weight(), factors == null ? patched(conv, delta) : factored(conv, delta, factors));
      put.accept(conv.bias(), channels(delta).sum(2));
    } else if (layer instanceof Linear) {
      put.accept(layer.weight(), product(delta, input, factors));
      put.accept(layer.bias(), tokens(delta).sum(1));
    } else if (layer instanceof Embedding table) {
      Tensor chosen = torch.one_hot(input, table.rows()).to(delta.scalar_type()); // (B, V)
      put.accept(table.weight(), product(chosen, delta, factors));
    }
  }

  /** The sum of x·yᵀ over an image's tokens, (B, …, O) and (B, …, I) -> (N, O, I) */
  private Tensor product(Tensor x, Tensor y, Factors factors) {
    Tensor left = x;
    Tensor right = y;
    if (factors != null) {
      left = through(factors.left(x.scalar_type().intern()), x);
      right = through(factors.right(y.scalar_type().intern()), y);
    }
    return torch.bmm(tokens(left).transpose(1, 2), tokens(right));
  }

  private static Tensor through(Tensor factor, Tensor x) {
    return factor == null ? x : torch.linear(x, factor);
  }

  /** As the gradient of a norm of N·G groups: those of the images stand side by side. */
  private void norm(GroupNorm norm, Tensor delta, BiConsumer<Parameter, Tensor> put) {
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
      put.accept(layer.weight(), gradients.get1()); // (N·C)
      put.accept(layer.bias(), gradients.get2()); // (N·C)
    }
  }

  private boolean hasGroups(Conv2d conv) {
    long[] shape = conv.weight().shape(); // (O, I, K, K)
    return input.scalar_type().intern() != ScalarType.Double
        && shape[0] % BLOCK == 0
        && shape[1] % BLOCK == 0;
  }

  /** As the gradients of a convolution of N groups. */
  private void grouped(Conv2d conv, Tensor delta, BiConsumer<Parameter, Tensor> put) {
    long images = delta.size(0) / draws;
    Tensor a = input.contiguous();
    long[] shape = conv.weight().shape();
    long outs = images * shape[0];
    Tensor weights = Libtorch.empty(a.scalar_type().intern(), outs, shape[1], shape[2], shape[3]);
    try (BoolPointer wanted = new BoolPointer(3)) {
      T_TensorTensorTensor_T gradients =
          torch.convolution_backward(
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
      put.accept(conv.weight(), gradients.get1()); // (N·O, I, K, K)
      put.accept(conv.bias(), gradients.get2()); // (N·O)
    }
  }

  /** As a product of narrow convolutions of input and δ: (N, l, r) */
  private Tensor factored(Conv2d conv, Tensor delta, Factors factors) {
    ScalarType type = delta.scalar_type().intern();
    Tensor left = factors.left(type);
    Tensor right = factors.right(type);
    Tensor d = left == null ? delta : convolve(delta, left.view(left.size(0), -1, 1, 1), 1, 0);
    long kernel = conv.kernel();
    Tensor a =
        right == null
            ? patches(conv)
            : convolve(
                input,
                right.view(right.size(0), -1, kernel, kernel),
                conv.stride(),
                conv.padding());
    Tensor products = torch.bmm(d.flatten(2, -1), a.flatten(2, -1).transpose(1, 2)); // (B, l, r)
    return products.view(draws, -1, products.size(1) * products.size(2)).sum(0);
  }

  private static Tensor convolve(Tensor x, Tensor weight, long stride, long padding) {
    return torch.conv2d(
        x,
        weight,
        new TensorOptional(),
        new long[] {stride, stride},
        new long[] {padding, padding},
        new long[] {1, 1},
        1);
  }

  /** As a product with the inputs of every position: (N, O, I·K·K) */
  private Tensor patched(Conv2d conv, Tensor delta) {
    if (conv.stride() == 1 && delta.size(1) < input.size(1)) {
      return patchedOutputs(conv, delta);
    }
    return torch.bmm(channels(delta), channels(patches(conv)).transpose(1, 2));
  }

  /**
   * The same where outputs are fewer: a product with the δ that every input meets, at offsets from
   * the last of the kernel to its first.
   */
  private Tensor patchedOutputs(Conv2d conv, Tensor delta) {
    long kernel = conv.kernel();
    Tensor met = unfold(delta, kernel, kernel - 1 - conv.padding(), 1); // (B, O·K·K, L)
    Tensor products = torch.bmm(channels(met), channels(input).transpose(1, 2)); // (N, O·K·K, I)
    return products
        .view(products.size(0), -1, kernel, kernel, input.size(1))
        .flip(2, 3)
        .permute(0, 1, 4, 2, 3);
  }

  /** The inputs of every position, (B, I·K·K, L); where a kernel sees one, the input itself. */
  private Tensor patches(Conv2d conv) {
    if (conv.kernel() == 1 && conv.stride() == 1 && conv.padding() == 0) {
      return input;
    }
    return unfold(input, conv.kernel(), conv.padding(), conv.stride());
  }

  private static Tensor unfold(Tensor x, long kernel, long padding, long stride) {
    long[] one = {1, 1};
    long[] strides = {stride, stride};
    return torch.im2col(
        x, new long[] {kernel, kernel}, one, new long[] {padding, padding}, strides);
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
}
