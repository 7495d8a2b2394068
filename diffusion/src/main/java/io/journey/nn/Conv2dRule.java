package io.journey.nn;

import io.journey.tensor.Libtorch;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The rule of convolutions. The gradients of N examples are those of <em>one</em> convolution with
 * N groups over (R, N·I, H, W): the examples stand side by side as groups of channels (after
 * Rochette et al. 2019). It costs what the weight gradient of a batch costs.
 *
 * <p>Symbols: I and O channels in and out, K the side of a kernel, L positions.
 */
record Conv2dRule(Conv2d conv) implements ExampleGradientRule {
  /** Channels are computed this many at a time; other numbers of them have no fast groups. */
  private static final int BLOCK = 8;

  @Override
  public void apply(Use use, Tensor delta, Sink sink) {
    if (sink.wants(conv.weight())) {
      sink.accept(conv.weight(), new Gradient(conv, use, delta));
    }
    if (conv.bias() != null && sink.wants(conv.bias())) {
      sink.accept(conv.bias(), FormedGradient.of(conv.bias(), use.channels(delta).sum(2)));
    }
  }

  /** The gradients of a kernel. */
  private record Gradient(Conv2d conv, Use use, Tensor delta) implements LayerGradient {
    @Override
    public long examples() {
      return use.examples();
    }

    @Override
    public Tensor formed() {
      Tensor found = hasGroups() ? grouped() : patched();
      return found.reshape(use.examples(), -1);
    }

    @Override
    public Tensor between(Tensor left, Tensor right) {
      long[] shape = conv.weight().shape();
      long inputs = conv.weight().numel() / shape[0];
      long products = use.draws() * delta.size(2) * delta.size(3);
      ScalarType type = delta.scalar_type().intern();
      return LayerGradient.isNarrow(type, products, shape[0], inputs, left, right)
          ? factored(left == null ? null : left.to(type), right == null ? null : right.to(type))
          : new FormedGradient(formed(), shape[0]).between(left, right);
    }

    @Override
    public void addSides(Tensor outputs, Tensor inputs, int positions) {
      // Every step-th row and column of positions.
      long step = 1;
      while (ceil(delta.size(2), step) * ceil(delta.size(3), step) > positions) {
        step++;
      }
      if (outputs != null) {
        Tensor some = every(every(delta, 2, step), 3, step); // (B, O, H', W')
        OuterProducts.add(outputs, rows(some.flatten(2, -1)));
      }
      if (inputs != null) {
        Tensor seen =
            conv.kernel() == 1 && conv.padding() == 0
                ? every(every(use.input(), 2, step * conv.stride()), 3, step * conv.stride())
                    .flatten(2, -1)
                : unfold(use.input(), conv.kernel(), conv.padding(), step * conv.stride());
        OuterProducts.add(inputs, rows(seen));
      }
    }

    private static long ceil(long n, long step) {
      return (n + step - 1) / step;
    }

    private static Tensor every(Tensor x, long dim, long step) {
      return step == 1 ? x : OuterProducts.every(x, dim, step);
    }

    /** (B, C, L) to (B·L, C) in float32. */
    private static Tensor rows(Tensor x) {
      return x.transpose(1, 2).reshape(-1, x.size(1)).to(ScalarType.Float);
    }

    /** Whether groups are fast: not on GPUs. */
    private boolean hasGroups() {
      long[] shape = conv.weight().shape(); // (O, I, K, K)
      return use.input().is_cpu()
          && use.input().scalar_type().intern() != ScalarType.Double
          && shape[0] % BLOCK == 0
          && shape[1] % BLOCK == 0;
    }

    /** As the gradient of a convolution of N groups, (N·O, I, K, K). */
    private Tensor grouped() {
      long examples = use.examples();
      Tensor a = use.input().contiguous();
      Tensor d = delta.contiguous();
      long[] shape = conv.weight().shape();
      long outs = examples * shape[0];
      Tensor weights = Libtorch.empty(a.scalar_type().intern(), outs, shape[1], shape[2], shape[3]);
      try (BoolPointer wanted = new BoolPointer(3)) {
        T_TensorTensorTensor_T gradients =
            torch.convolution_backward(
                d.view(use.draws(), outs, d.size(2), d.size(3)),
                a.view(use.draws(), examples * a.size(1), a.size(2), a.size(3)),
                weights,
                new long[] {outs},
                new long[] {conv.stride(), conv.stride()},
                new long[] {conv.padding(), conv.padding()},
                new long[] {1, 1},
                false,
                new long[] {0, 0},
                examples,
                wanted.put(0, false).put(1, true).put(2, false));
        // A copy of the reference: that of the tuple ends with it.
        return new Tensor(gradients.get1());
      }
    }

    /** As a product of narrow convolutions of input and δ: (N, l·r). */
    private Tensor factored(Tensor left, Tensor right) {
      Tensor d = left == null ? delta : convolve(delta, left.view(left.size(0), -1, 1, 1), 1, 0);
      long kernel = conv.kernel();
      Tensor a =
          right == null
              ? patches()
              : convolve(
                  use.input(),
                  right.view(right.size(0), -1, kernel, kernel),
                  conv.stride(),
                  conv.padding());
      Tensor products = torch.bmm(d.flatten(2, -1), a.flatten(2, -1).transpose(1, 2)); // (B, l, r)
      return products.view(use.draws(), -1, products.size(1) * products.size(2)).sum(0);
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

    /** As a product with the inputs of every position: (N, O, I·K·K). */
    private Tensor patched() {
      if (conv.stride() == 1 && delta.size(1) < use.input().size(1)) {
        return patchedOutputs();
      }
      return torch.bmm(use.channels(delta), use.channels(patches()).transpose(1, 2));
    }

    /**
     * Returns the same where outputs are fewer: a product with the δ that every input meets, at
     * offsets from the last of the kernel to its first.
     */
    private Tensor patchedOutputs() {
      long kernel = conv.kernel();
      Tensor met = unfold(delta, kernel, kernel - 1 - conv.padding(), 1); // (B, O·K·K, L)
      Tensor products = // (N, O·K·K, I)
          torch.bmm(use.channels(met), use.channels(use.input()).transpose(1, 2));
      return products
          .view(products.size(0), -1, kernel, kernel, use.input().size(1))
          .flip(2, 3)
          .permute(0, 1, 4, 2, 3);
    }

    /**
     * Returns the inputs of every position, (B, I·K·K, L); where a kernel sees one, the input
     * itself.
     */
    private Tensor patches() {
      return conv.kernel() == 1 && conv.stride() == 1 && conv.padding() == 0
          ? use.input()
          : unfold(use.input(), conv.kernel(), conv.padding(), conv.stride());
    }

    private static Tensor unfold(Tensor x, long kernel, long padding, long stride) {
      long[] one = {1, 1};
      long[] strides = {stride, stride};
      return torch.im2col(
          x, new long[] {kernel, kernel}, one, new long[] {padding, padding}, strides);
    }
  }
}
