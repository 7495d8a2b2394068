package io.journey.model;

import io.journey.nn.Parameters;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Parameters that belong to no model. */
public final class NamedShapes {
  private NamedShapes() {}

  /** Weights of these names and shapes, all 0; their owner closes them. */
  public static Parameters of(Map<String, long[]> shapes) {
    Parameters parameters = new Parameters();
    shapes.forEach((name, shape) -> parameters.add(name, 1, shape));
    parameters.allocate(ScalarType.Float);
    return parameters;
  }
}
