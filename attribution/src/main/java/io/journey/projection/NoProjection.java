package io.journey.projection;

import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The identity: features are whole gradients, weight after weight. For small models. */
public final class NoProjection implements Projection {
  private final Map<String, Integer> offsets = new HashMap<>();
  private final int dim;

  /**
   * @param weights in the order of their numbers in a feature
   */
  NoProjection(List<Parameter> weights) {
    int offset = 0;
    for (Parameter weight : weights) {
      offsets.put(weight.name(), offset);
      offset = Math.addExact(offset, weight.numel());
    }
    this.dim = offset;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void add(Parameter weight, LayerGradient gradient, Tensor sums) {
    Tensor numbers = gradient.formed().to(ScalarType.Float);
    sums.narrow(1, offsets.get(weight.name()), numbers.size(1)).add_(numbers);
  }
}
