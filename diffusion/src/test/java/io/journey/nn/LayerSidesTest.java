package io.journey.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The truth are loops over every example, position and pair of channels, in float64. */
class LayerSidesTest {
  private static final int ALL = Integer.MAX_VALUE;
  private static final int ROWS = 6; // two examples of three draws

  private static float[] numbers(String name, int count) {
    float[] out = new float[count];
    Seed.of(4).child(name).stream().fillGaussian(out);
    return out;
  }

  private interface Entry {
    double at(int row, int position, int channel);
  }

  private static void assertSide(Tensor found, int width, int[] positions, Entry entry) {
    float[] sums = Libtorch.floats(found);
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        double expected = 0;
        for (int row = 0; row < ROWS; row++) {
          for (int position : positions) {
            expected += entry.at(row, position, i) * entry.at(row, position, j);
          }
        }
        assertThat((double) sums[i * width + j])
            .as("%d, %d", i, j)
            .isCloseTo(expected, within(1e-4 * ROWS * positions.length));
      }
    }
  }

  private static LayerGradient gradient(TrackedLayer layer, Tensor input, Tensor delta) {
    LayerGradient[] found = new LayerGradient[1];
    layer
        .rule()
        .apply(
            new ExampleGradientRule.Use(input, new Tensor[0], 3),
            delta,
            new ExampleGradientRule.Sink() {
              @Override
              public boolean wants(Parameter weight) {
                return weight == layer.weight();
              }

              @Override
              public void accept(Parameter weight, LayerGradient gradient) {
                found[0] = gradient;
              }
            });
    return found[0];
  }

  /** All positions, then every second row and column, then one. */
  @ParameterizedTest
  @CsvSource({"1, 1, 3", "2, 1, 3", "2, 0, 3", "1, 0, 1"})
  void aConvolutionsSidesAreThoseOfEveryPosition(int stride, int padding, int kernel) {
    int in = 2;
    int out = 3;
    int height = 7;
    int width = 5;
    int h = (height + 2 * padding - kernel) / stride + 1;
    int w = (width + 2 * padding - kernel) / stride + 1;
    Parameters parameters = new Parameters();
    Conv2d conv = new Conv2d(parameters, "conv", in, out, kernel, stride, padding);
    parameters.allocate(ScalarType.Float);
    float[] a = numbers("a", ROWS * in * height * width);
    float[] d = numbers("d", ROWS * out * h * w);
    int inputs = in * kernel * kernel;
    try (PointerScope scope = new PointerScope()) {
      LayerGradient gradient =
          gradient(
              conv,
              Libtorch.of(a, ScalarType.Float, ROWS, in, height, width),
              Libtorch.of(d, ScalarType.Float, ROWS, out, h, w));
      for (int step = 1; step <= 2; step++) {
        int rows = (h + step - 1) / step;
        int columns = (w + step - 1) / step;
        int[] positions = new int[rows * columns];
        for (int p = 0; p < positions.length; p++) {
          positions[p] = p / columns * step * w + p % columns * step;
        }
        Tensor left = Libtorch.zeros(ScalarType.Float, out, out);
        Tensor right = Libtorch.zeros(ScalarType.Float, inputs, inputs);
        gradient.addSides(left, right, step == 1 ? ALL : positions.length);
        assertSide(left, out, positions, (row, p, o) -> d[(row * out + o) * h * w + p]);
        assertSide(
            right,
            inputs,
            positions,
            (row, p, i) -> {
              int y = p / w * stride - padding + i / kernel % kernel;
              int x = p % w * stride - padding + i % kernel;
              int channel = i / (kernel * kernel);
              boolean inside = y >= 0 && y < height && x >= 0 && x < width;
              return inside ? a[((row * in + channel) * height + y) * width + x] : 0;
            });
      }
    }
    parameters.close();
  }

  @ParameterizedTest
  @CsvSource({"1", "7"})
  void aLinearLayersSidesAreThoseOfEveryToken(int tokens) {
    int in = 4;
    int out = 3;
    Parameters parameters = new Parameters();
    Linear linear = new Linear(parameters, "linear", in, out);
    parameters.allocate(ScalarType.Float);
    float[] a = numbers("a", ROWS * tokens * in);
    float[] d = numbers("d", ROWS * tokens * out);
    try (PointerScope scope = new PointerScope()) {
      LayerGradient gradient =
          gradient(
              linear,
              Libtorch.of(a, ScalarType.Float, ROWS, tokens, in),
              Libtorch.of(d, ScalarType.Float, ROWS, tokens, out));
      for (int step : new int[] {1, 3}) {
        int[] positions = new int[(tokens + step - 1) / step];
        for (int p = 0; p < positions.length; p++) {
          positions[p] = p * step;
        }
        Tensor left = Libtorch.zeros(ScalarType.Float, out, out);
        Tensor right = Libtorch.zeros(ScalarType.Float, in, in);
        gradient.addSides(left, right, positions.length);
        assertSide(left, out, positions, (row, p, o) -> d[(row * tokens + p) * out + o]);
        assertSide(right, in, positions, (row, p, i) -> a[(row * tokens + p) * in + i]);
      }
    }
    parameters.close();
  }
}
