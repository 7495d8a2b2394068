package io.journey.benchmarks;

import io.journey.gradient.GradientSink;
import io.journey.nn.ExampleGradientRule;
import io.journey.nn.LayerGradient;
import io.journey.nn.Linear;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.preconditioner.EkfacFit;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * EK-FAC of one linear layer alone, of random inputs and output gradients: seconds and peak memory.
 *
 * <p>Arguments: outputs, inputs, examples, tokens of each, worker threads: {@code 11520 10240 8 64
 * 2}.
 */
public final class PreconditionerCost {
  private PreconditionerCost() {}

  /** Examples one by one, each with gradients of its own. */
  private record Examples(Linear layer, int examples, int tokens, int inputs, int outputs)
      implements EkfacFit.Source {
    @Override
    public int units() {
      return examples;
    }

    @Override
    public int size(int unit) {
      return 1;
    }

    @Override
    public void compute(int unit, GradientSink sink) {
      Tensor input = torch.randn(1, tokens, inputs);
      Tensor delta = torch.randn(1, tokens, outputs);
      layer
          .rule()
          .apply(
              new ExampleGradientRule.Use(input, new Tensor[0], 1),
              delta,
              new ExampleGradientRule.Sink() {
                @Override
                public boolean wants(Parameter weight) {
                  return sink.wants(weight);
                }

                @Override
                public void accept(Parameter weight, LayerGradient gradient) {
                  sink.accept(weight, 0, gradient);
                }
              });
    }

    @Override
    public JourneyException notFinite(int unit) {
      return new JourneyException("The gradients of example " + unit + " are not finite.");
    }
  }

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    int outputs = Integer.parseInt(args[0]);
    int inputs = Integer.parseInt(args[1]);
    int examples = Integer.parseInt(args[2]);
    int tokens = Integer.parseInt(args[3]);
    Workers workers = new Workers(Integer.parseInt(args[4]), Libtorch.device());
    Parameters parameters = new Parameters();
    Linear layer = new Linear(parameters, "layer", inputs, outputs, false);
    Examples source = new Examples(layer, examples, tokens, inputs, outputs);
    long start = System.nanoTime();
    try (PointerScope scope = new PointerScope();
        EkfacFit fit = EkfacFit.of(List.of(layer.weight()), source, source, workers)) {
      fit.writeTo(OutputStream.nullOutputStream());
    }
    System.out.printf(
        Locale.ROOT,
        "{\"outputs\": %d, \"inputs\": %d, \"examples\": %d, \"tokens\": %d, \"threads\": %d,"
            + " \"seconds\": %.1f, \"peak_mib\": %d}%n",
        outputs,
        inputs,
        examples,
        tokens,
        workers.threads(),
        (System.nanoTime() - start) * 1e-9,
        Memory.peakResidentBytes() >> 20);
  }
}
