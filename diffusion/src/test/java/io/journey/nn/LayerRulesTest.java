package io.journey.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/**
 * The gradient of each example that a layer's rule finds in a batch, against one backward pass an
 * example, in float64 and at odd sizes.
 */
class LayerRulesTest {
  private static final int EXAMPLES = 3;
  private static final int DRAWS = 2;
  private static final double ROUNDING = 1e-12;

  private interface Forward {
    Tensor of(Tape tape, Tensor... inputs);
  }

  private record Call(TrackedLayer layer, ExampleGradientRule.Use use, Tensor output) {}

  private final Parameters parameters = new Parameters();

  @Test
  void layerNorm() {
    LayerNorm norm = new LayerNorm(parameters, "norm", 7, 1e-5);
    matches((tape, x) -> norm.forward(x[0], tape), new long[] {5, 7});
  }

  @Test
  void linearMapsWithAndWithoutBias() {
    Linear first = new Linear(parameters, "first", 7, 5, false);
    Linear second = new Linear(parameters, "second", 5, 3);
    matches((tape, x) -> second.forward(first.forward(x[0], tape).tanh(), tape), new long[] {3, 7});
  }

  @Test
  void convolutionsWithAndWithoutBias() {
    Conv2d first = new Conv2d(parameters, "first", 3, 5, 3, 2, 1, false);
    Conv2d second = new Conv2d(parameters, "second", 5, 3, 1, 1, 0);
    matches(
        (tape, x) -> second.forward(first.forward(x[0], tape).tanh(), tape), new long[] {3, 9, 7});
  }

  @Test
  void groupNorm() {
    GroupNorm norm = new GroupNorm(parameters, "norm", 6, 3, 1e-5);
    matches((tape, x) -> norm.forward(x[0], tape), new long[] {6, 3, 5});
  }

  /** As after attention at the smallest images: strides that libtorch takes for channels last. */
  @Test
  void groupNormOfOnePosition() {
    GroupNorm norm = new GroupNorm(parameters, "norm", 6, 3, 1e-5);
    matches(
        (tape, x) -> norm.forward(x[0].transpose(1, 2).reshape(-1, 6, 1, 1), tape),
        new long[] {1, 6});
  }

  @Test
  void attentionToAContext() {
    Attention attention =
        new Attention(parameters, "attn", Attention.Names.DIFFUSERS, 6, 5, 3, 3, false);
    matches((tape, x) -> attention.forward(x[0], x[1], tape), new long[] {7, 6}, new long[] {4, 5});
  }

  /** An example's context, that of its first draw, is the same for all its draws. */
  @Test
  void attentionToAContextThatDrawsShare() {
    Attention attention =
        new Attention(parameters, "attn", Attention.Names.DIFFUSERS, 6, 5, 3, 3, false);
    matches(
        (tape, x) -> {
          int[] ofRows = new int[(int) x[0].size(0)];
          int entries = ofRows.length / DRAWS;
          Arrays.setAll(ofRows, row -> row % entries);
          return attention.forward(x[0], Context.of(x[1].narrow(0, 0, entries), ofRows), tape);
        },
        new long[] {7, 6},
        new long[] {4, 5});
  }

  @Test
  void rowsThatSeveralExamplesShareHaveNoGradientOfTheirOwn() {
    try (PointerScope scope = new PointerScope()) {
      Tensor two = Libtorch.zeros(ScalarType.Float, 2, 5);
      assertThatThrownBy(() -> ExampleGradientRule.Use.of(two, new Tensor[0], 3, 2))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("2 rows of 3 examples");
      Tensor three = Libtorch.zeros(ScalarType.Float, 3, 5);
      assertThat(ExampleGradientRule.Use.of(three, new Tensor[0], 3, 2).draws()).isEqualTo(1);
      Tensor six = Libtorch.zeros(ScalarType.Float, 6, 5);
      assertThat(ExampleGradientRule.Use.of(six, new Tensor[0], 3, 2).draws()).isEqualTo(2);
    }
  }

  @Test
  void geglu() {
    FeedForward block = FeedForward.geglu(parameters, "ff", 6, 5);
    matches((tape, x) -> block.forward(x[0], tape), new long[] {3, 6});
  }

  /**
   * Compares all weights.
   *
   * @param shapes of the inputs, without rows
   */
  private void matches(Forward forward, long[]... shapes) {
    parameters.allocate(ScalarType.Double);
    parameters.initialize(Seed.of(3));
    try (PointerScope scope = new PointerScope()) {
      Tensor[] inputs = new Tensor[shapes.length];
      for (int i = 0; i < shapes.length; i++) {
        inputs[i] = numbers(i, shapes[i]);
      }
      Map<String, double[]> found = byRules(forward, inputs);
      assertThat(found.keySet())
          .containsExactlyInAnyOrderElementsOf(
              parameters.list().stream().map(Parameter::name).toList());
      for (int n = 0; n < EXAMPLES; n++) {
        Tensor[] own = new Tensor[inputs.length];
        for (int i = 0; i < own.length; i++) {
          own[i] = inputs[i].slice(0, new LongOptional(n), new LongOptional(), EXAMPLES);
        }
        TensorVector expected =
            Libtorch.gradients(forward.of(Tape.NONE, own).square().sum(), parameters.leaves());
        for (int w = 0; w < parameters.list().size(); w++) {
          Parameter weight = parameters.list().get(w);
          double[] one = Libtorch.doubles(expected.get(w).contiguous());
          for (int j = 0; j < one.length; j++) {
            assertThat(found.get(weight.name())[n * one.length + j])
                .as(weight.name() + " " + j + " of example " + n)
                .isCloseTo(one[j], org.assertj.core.api.Assertions.within(ROUNDING));
          }
        }
      }
    } finally {
      parameters.close();
    }
  }

  /** Row r·N + n is draw r of example n. */
  private static Tensor numbers(int input, long[] shape) {
    long[] dims = new long[shape.length + 1];
    dims[0] = EXAMPLES * DRAWS;
    System.arraycopy(shape, 0, dims, 1, shape.length);
    int count = 1;
    for (long dim : dims) {
      count *= (int) dim;
    }
    float[] numbers = new float[count];
    Seed.of(5).child(input).stream().fillGaussian(numbers);
    return Libtorch.of(numbers, ScalarType.Double, dims);
  }

  /** The gradients of all examples by the names of weights, [N · numel]. */
  private static Map<String, double[]> byRules(Forward forward, Tensor[] inputs) {
    List<Call> calls = new ArrayList<>();
    Tape tape =
        (layer, input, output, saved) ->
            calls.add(
                new Call(
                    layer,
                    ExampleGradientRule.Use.of(input.detach(), saved, EXAMPLES, DRAWS),
                    output));
    Tensor loss = forward.of(tape, inputs).square().sum();
    TensorVector outputs = new TensorVector();
    calls.forEach(call -> outputs.push_back(call.output()));
    TensorVector deltas = Libtorch.gradients(loss, outputs);
    Map<String, double[]> found = new HashMap<>();
    try (NoGradGuard guard = new NoGradGuard()) {
      for (int i = 0; i < calls.size(); i++) {
        Call call = calls.get(i);
        call.layer()
            .rule()
            .apply(
                call.use(),
                deltas.get(i),
                new ExampleGradientRule.Sink() {
                  @Override
                  public boolean wants(Parameter weight) {
                    return true;
                  }

                  @Override
                  public void accept(Parameter weight, LayerGradient gradient) {
                    assertThat(gradient.examples()).isEqualTo(EXAMPLES);
                    Tensor formed = gradient.formed().contiguous();
                    assertThat(found.put(weight.name(), Libtorch.doubles(formed))).isNull();
                  }
                });
      }
    }
    return found;
  }
}
