package io.journey.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** The truth is one backward pass for each example, in float64. Sizes are odd. */
class ExampleGradientRuleTest {
  private static final int EXAMPLES = 3;
  private static final int DRAWS = 2;
  private static final int ROWS = EXAMPLES * DRAWS;

  /** Rounding of float64 in sums of some hundred numbers of size 1. */
  private static final double ROUNDING = 1e-10;

  private final Parameters parameters = new Parameters();

  private record Call(TrackedLayer layer, ExampleGradientRule.Use use, Tensor output) {}

  /** A module with its input, of one batch. */
  private interface Forward {
    Tensor of(Tensor x, Tape tape);
  }

  private static Tensor gaussian(String name, long... shape) {
    int numel = 1;
    for (long side : shape) {
      numel *= (int) side;
    }
    float[] numbers = new float[numel];
    Seed.of(3).child(name).stream().fillGaussian(numbers);
    return Libtorch.of(numbers, ScalarType.Double, shape);
  }

  /** Numbers that make every output count for another amount, the same for every row. */
  private static Tensor loss(Tensor output) {
    long[] shape = output.shape().clone();
    shape[0] = 1;
    return output.square().mul(gaussian("weights", shape)).sum();
  }

  private void assertRules(int weights, Forward forward, long... inputShape) {
    parameters.allocate(ScalarType.Double);
    parameters.initialize(Seed.of(1));
    try (PointerScope scope = new PointerScope()) {
      Tensor x = gaussian("x", inputShape);
      List<Call> calls = new ArrayList<>();
      Tensor output =
          forward.of(
              x,
              (layer, input, result, saved) ->
                  calls.add(
                      new Call(
                          layer,
                          new ExampleGradientRule.Use(input.detach(), saved, DRAWS),
                          result)));
      TensorVector outputs = new TensorVector();
      calls.forEach(call -> outputs.push_back(call.output()));
      TensorVector deltas = Libtorch.gradients(loss(output), outputs);
      Map<String, double[]> found = new HashMap<>();
      for (int i = 0; i < calls.size(); i++) {
        calls.get(i).layer().rule().apply(calls.get(i).use(), deltas.get(i), into(found));
      }
      assertThat(found).hasSize(weights);
      for (int n = 0; n < EXAMPLES; n++) {
        assertExample(n, x, forward, found);
      }
    }
    parameters.close();
  }

  private static ExampleGradientRule.Sink into(Map<String, double[]> found) {
    return new ExampleGradientRule.Sink() {
      @Override
      public boolean wants(Parameter weight) {
        return true;
      }

      @Override
      public void accept(Parameter weight, LayerGradient gradient) {
        assertThat(gradient.examples()).isEqualTo(EXAMPLES);
        double[] own = Libtorch.doubles(gradient.formed());
        double[] sum = found.computeIfAbsent(weight.name(), name -> new double[own.length]);
        for (int i = 0; i < own.length; i++) {
          sum[i] += own[i];
        }
      }
    };
  }

  /** Rows r·N + n of all draws r are example n's. */
  private void assertExample(int n, Tensor x, Forward forward, Map<String, double[]> found) {
    Map<String, double[]> expected = new HashMap<>();
    for (int r = 0; r < DRAWS; r++) {
      Tensor row = x.narrow(0, (long) r * EXAMPLES + n, 1);
      TensorVector gradients =
          Libtorch.gradients(loss(forward.of(row, Tape.NONE)), parameters.leaves());
      for (int w = 0; w < parameters.list().size(); w++) {
        double[] own = Libtorch.doubles(gradients.get(w));
        double[] sum =
            expected.computeIfAbsent(
                parameters.list().get(w).name(), name -> new double[own.length]);
        for (int i = 0; i < own.length; i++) {
          sum[i] += own[i];
        }
      }
    }
    expected.forEach(
        (name, numbers) -> {
          for (int i = 0; i < numbers.length; i++) {
            assertThat(found.get(name)[n * numbers.length + i])
                .as("%s of example %d, number %d", name, n, i)
                .isCloseTo(numbers[i], within(ROUNDING));
          }
        });
  }

  @Test
  void linearOfVectorsAndOfTokensWithAndWithoutBias() {
    Linear first = new Linear(parameters, "first", 5, 7);
    Linear second = new Linear(parameters, "second", 7, 3, false);
    assertRules(3, (x, tape) -> second.forward(first.forward(x, tape), tape), ROWS, 9, 5);
  }

  @Test
  void convolutionsOfAllStridesPaddingsAndKernelsWithAndWithoutBias() {
    Conv2d first = new Conv2d(parameters, "first", 3, 5, 3, 2, 1);
    Conv2d second = new Conv2d(parameters, "second", 5, 3, 3, 1, 0, false);
    Conv2d third = new Conv2d(parameters, "third", 3, 7, 1, 1, 0);
    assertRules(
        5,
        (x, tape) -> third.forward(second.forward(first.forward(x, tape), tape), tape),
        ROWS,
        3,
        11,
        7);
  }

  @Test
  void norms() {
    GroupNorm group = new GroupNorm(parameters, "group", 6, 3, 1e-5);
    LayerNorm layer = new LayerNorm(parameters, "layer", 5, 1e-5);
    assertRules(4, (x, tape) -> layer.forward(group.forward(x, tape), tape), ROWS, 6, 3, 5);
  }

  @Test
  void aWeightUsedTwiceHasTheSumOfItsUses() {
    Linear twice = new Linear(parameters, "twice", 5, 5);
    assertRules(2, (x, tape) -> twice.forward(twice.forward(x, tape), tape), ROWS, 5);
  }

  /** Queries of the input, keys and values of a context that the rows share. */
  @Test
  void crossAttentionAndGeglu() {
    Attention attention =
        new Attention(parameters, "attention", Attention.Names.DIFFUSERS, 6, 4, 3, 2, false);
    FeedForward feed = FeedForward.geglu(parameters, "feed", 6, 5);
    Tensor[] context = new Tensor[1];
    assertRules(
        9,
        (x, tape) -> {
          context[0] = gaussian("context", 1, 7, 4).repeat(x.size(0), 1, 1);
          return feed.forward(attention.forward(x, context[0], tape), tape);
        },
        ROWS,
        5,
        6);
  }
}
