package io.journey.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.Safetensors;
import io.journey.run.GoldenFiles;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers alone against PyTorch's and diffusers' in float64 (tools/golden/make_layers.py). */
class LayerGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/layers");

  /**
   * Rounding of float64 in numbers up to 100, summed in another order; of larger ones in theirs.
   */
  private static final double ROUNDING = 1e-12;

  private interface Forward {
    Tensor of(Tensor... inputs);
  }

  private final Parameters parameters = new Parameters();
  private final Set<TrackedLayer> recorded = new HashSet<>();
  private final Tape tape = (layer, input, output, saved) -> recorded.add(layer);

  @Test
  void goldenFilesAreTheOnesThatWereMade() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "")).hasSize(10);
  }

  @Test
  void layerNorm() {
    LayerNorm norm = new LayerNorm(parameters, "norm", 7, 1e-5);
    matches("layer-norm", norm, "norm.", x -> norm.forward(x[0], tape));
  }

  @Test
  void linearWithoutBias() {
    Linear linear = new Linear(parameters, "linear", 7, 11, false);
    assertThat(linear.bias()).isNull();
    matches("linear", linear, "linear.", x -> linear.forward(x[0], tape));
  }

  @Test
  void convolutionWithoutBias() {
    Conv2d conv = new Conv2d(parameters, "conv", 3, 5, 3, 2, 1, false);
    matches("conv", conv, "conv.", x -> conv.forward(x[0], tape));
  }

  @Test
  void selfAttentionWithoutBias() {
    Attention attention = attention(12, 12, 3, 5, false);
    matches("self-attention", attention, "attn.", x -> attention.forward(x[0], tape));
  }

  @Test
  void selfAttentionWithBias() {
    Attention attention = attention(9, 9, 3, 3, true);
    matches("self-attention-bias", attention, "attn.", x -> attention.forward(x[0], tape));
  }

  @Test
  void crossAttention() {
    Attention attention = attention(12, 10, 3, 5, false);
    matches("cross-attention", attention, "attn.", x -> attention.forward(x[0], x[1], tape));
  }

  @Test
  void geglu() {
    FeedForward block = FeedForward.geglu(parameters, "ff", 6, 18);
    matches("geglu", block, "ff.", x -> block.forward(x[0], tape));
  }

  @Test
  void quickGelu() {
    try (PointerScope scope = new PointerScope()) {
      Safetensors golden = golden("quick-gelu");
      assertClose(Activation.QUICK_GELU.apply(tensor(golden, "input.0")), golden, "output");
    }
  }

  @Test
  void residualBlockThatIsNotToldTheTime() {
    ResnetBlock2D block =
        new ResnetBlock2D(
            parameters,
            "resnet",
            4,
            6,
            0,
            2,
            1e-6,
            Activation.SILU,
            ResnetBlock2D.TimeNorm.DEFAULT,
            1,
            ResnetBlock2D.Resample.NONE);
    matches("resnet-without-time", block, "resnet.", x -> block.forward(x[0], null, tape));
  }

  @Test
  void residualBlockThatDoubles() {
    ResnetBlock2D block =
        new ResnetBlock2D(
            parameters,
            "resnet",
            4,
            4,
            9,
            2,
            1e-5,
            Activation.GELU,
            ResnetBlock2D.TimeNorm.SCALE_SHIFT,
            1.5,
            ResnetBlock2D.Resample.UP);
    Function<Tensor, Tensor> activated = Activation.GELU::apply;
    matches("resnet-up", block, "resnet.", x -> block.forward(x[0], activated.apply(x[1]), tape));
  }

  /** Inputs have a variance of about 1e-6, so that another ε than the norm's 1e-6 would show. */
  @ParameterizedTest
  @EnumSource
  void transformer(Transformer2D.Projection projection) {
    Transformer2D block = new Transformer2D(parameters, "t", 6, 3, 2, 5, 2, projection);
    String name = "../condition/transformer-" + projection.name().toLowerCase(Locale.ROOT);
    matches(name, block, "t.", x -> block.forward(x[0], Context.of(x[1], new int[] {0, 1}), tape));
  }

  private Attention attention(int queryDim, int contextDim, int heads, int headDim, boolean bias) {
    return new Attention(
        parameters, "attn", Attention.Names.DIFFUSERS, queryDim, contextDim, heads, headDim, bias);
  }

  private static Safetensors golden(String name) {
    return Safetensors.open(GOLDEN.resolve(name + ".safetensors"));
  }

  /** Compares the output and the gradients by every weight and input. */
  private void matches(String name, Module module, String prefix, Forward forward) {
    Safetensors golden = golden(name);
    parameters.allocate(ScalarType.Double);
    try (PointerScope scope = new PointerScope()) {
      List<String> stored = golden.names().stream().filter(n -> n.startsWith("weight.")).toList();
      assertThat(module.weights())
          .extracting(w -> "weight." + w.name().substring(prefix.length()))
          .containsExactlyInAnyOrderElementsOf(stored);
      List<Tensor> inputs = new ArrayList<>();
      TensorVector leaves = new TensorVector();
      List<String> gradients = new ArrayList<>();
      for (Parameter weight : module.weights()) {
        String own = weight.name().substring(prefix.length());
        try (NoGradGuard guard = new NoGradGuard()) {
          weight.tensor().copy_(tensor(golden, "weight." + own));
        }
        leaves.push_back(weight.tensor());
        gradients.add("grad." + own);
      }
      for (int i = 0; golden.names().contains("input." + i); i++) {
        Tensor input = tensor(golden, "input." + i).set_requires_grad(true);
        inputs.add(input);
        leaves.push_back(input);
        gradients.add("grad_input." + i);
      }
      Tensor output = forward.of(inputs.toArray(Tensor[]::new));
      assertClose(output, golden, "output");
      TensorVector found = Libtorch.gradients(output.mul(tensor(golden, "factor")).sum(), leaves);
      for (int i = 0; i < gradients.size(); i++) {
        assertClose(found.get(i), golden, gradients.get(i));
      }
      assertThat(recorded.stream().flatMap(layer -> layer.weights().stream()).toList())
          .as("weights whose layers are on the tape")
          .containsExactlyInAnyOrderElementsOf(module.weights());
    } finally {
      parameters.close();
    }
  }

  private static Tensor tensor(Safetensors file, String name) {
    long[] shape = file.entry(name).shape().stream().mapToLong(Long::longValue).toArray();
    return Libtorch.of(file.doubles(name)).view(shape);
  }

  private static void assertClose(Tensor found, Safetensors golden, String name) {
    double[] expected = golden.doubles(name);
    double[] numbers = Libtorch.doubles(found.detach().contiguous());
    assertThat(numbers).as(name).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double tolerance = ROUNDING * Math.max(1, largest / 100);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(numbers[i] - expected[i])).as(name + " " + i).isLessThan(tolerance);
    }
  }
}
