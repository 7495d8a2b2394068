package io.journey.gradient;

import io.journey.nn.FormedGradient;
import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.tensor.Libtorch;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Adds up the gradients of one image that come in parts, and hands over the sums. */
final class SummedGradients implements GradientSink, AutoCloseable {
  private final GradientSink sink;
  private final Map<Parameter, Tensor> sums = new LinkedHashMap<>();

  /**
   * @param sink takes the sums
   */
  SummedGradients(GradientSink sink) {
    this.sink = sink;
  }

  @Override
  public boolean wants(Parameter weight) {
    return sink.wants(weight);
  }

  @Override
  public void accept(Parameter weight, int image, LayerGradient gradient) {
    Tensor formed = gradient.formed();
    Tensor sum = sums.get(weight);
    if (sum != null) {
      sum.add_(formed);
      return;
    }
    try (PointerScope scope = new PointerScope()) {
      boolean few = formed.scalar_type().intern() == ScalarType.BFloat16;
      Tensor own = few ? formed.to(ScalarType.Float) : formed.clone();
      sums.put(weight, Libtorch.keep(own));
    }
  }

  /** Hands over the sums, in the order in which weights came first. */
  void deliver(int image) {
    sums.forEach(
        (weight, sum) -> {
          try (PointerScope ofWeight = new PointerScope()) {
            sink.accept(weight, image, FormedGradient.of(weight, sum));
          }
        });
  }

  @Override
  public void close() {
    sums.values().forEach(Tensor::close);
  }
}
