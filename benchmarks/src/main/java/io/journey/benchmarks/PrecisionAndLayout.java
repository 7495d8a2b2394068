package io.journey.benchmarks;

import io.journey.tensor.Libtorch;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * GFLOPS of a residual block (GroupNorm, SiLU, 3×3 convolution, twice, with a skip), forward and
 * full backward, one thread, in float32 and bfloat16, both with channels first and with channels
 * last: whether another number type or memory format pays on this machine. Medians of rounds in
 * which the four take turns.
 *
 * <p>Argument: rounds (default 5). The shapes are those of the presets small and cifar10-ddpm.
 */
public final class PrecisionAndLayout {
  /** Channels, side, batch. */
  private static final int[][] SHAPES = {
    {16, 16, 64}, {32, 16, 64}, {64, 16, 32}, {128, 32, 8}, {256, 16, 8}, {256, 8, 8}
  };

  private static final ScalarType[] TYPES = {ScalarType.Float, ScalarType.BFloat16};
  private static final MemoryFormat[] FORMATS = {
    MemoryFormat.Contiguous, MemoryFormat.ChannelsLast
  };

  private static final long[] ONE = {1, 1};

  private PrecisionAndLayout() {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    Libtorch.singleThreaded();
    for (int[] shape : SHAPES) {
      double[][] rates = new double[TYPES.length * FORMATS.length][rounds];
      for (int round = -1; round < rounds; round++) {
        for (int i = 0; i < rates.length; i++) {
          double rate = rate(shape, TYPES[i / 2], FORMATS[i % 2]);
          if (round >= 0) {
            rates[i][round] = rate;
          }
        }
      }
      System.out.printf(
          Locale.ROOT,
          "{\"channels\": %d, \"side\": %d, \"batch\": %d, \"gflops\": {\"float32\": %.0f,"
              + " \"float32_channels_last\": %.0f, \"bfloat16\": %.0f,"
              + " \"bfloat16_channels_last\": %.0f}}%n",
          shape[0],
          shape[1],
          shape[2],
          median(rates[0]),
          median(rates[1]),
          median(rates[2]),
          median(rates[3]));
    }
  }

  private static double median(double[] values) {
    java.util.Arrays.sort(values);
    return values[values.length / 2];
  }

  private static double rate(int[] shape, ScalarType type, MemoryFormat format) {
    int channels = shape[0];
    int side = shape[1];
    int batch = shape[2];
    try (PointerScope scope = new PointerScope()) {
      Tensor x = made(type, format, batch, channels, side, side);
      TensorVector leaves = new TensorVector(x);
      for (int i = 0; i < 2; i++) {
        leaves.push_back(made(type, MemoryFormat.Contiguous, channels));
        leaves.push_back(made(type, MemoryFormat.Contiguous, channels));
        leaves.push_back(made(type, format, channels, channels, 3, 3));
      }
      long start = System.nanoTime();
      Tensor h = x;
      for (int i = 0; i < 2; i++) {
        TensorOptional scale = new TensorOptional(leaves.get(1 + 3 * i));
        TensorOptional shift = new TensorOptional(leaves.get(2 + 3 * i));
        h = torch.silu(torch.group_norm(h, 8, scale, shift, 1e-5, false));
        h = torch.conv2d(h, leaves.get(3 + 3 * i), new TensorOptional(), ONE, ONE, ONE, 1);
      }
      Libtorch.gradients(h.add(x).sum(), leaves);
      double seconds = (System.nanoTime() - start) * 1e-9;
      return 3 * 2 * 2.0 * batch * side * side * 9 * channels * channels / seconds * 1e-9;
    }
  }

  private static Tensor made(ScalarType type, MemoryFormat format, long... shape) {
    try (NoGradGuard guard = new NoGradGuard()) {
      Tensor values = torch.randn(shape).to(type).contiguous(format);
      return values.detach().set_requires_grad(true);
    }
  }
}
