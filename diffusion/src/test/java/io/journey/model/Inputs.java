package io.journey.model;

import io.journey.condition.Condition;
import io.journey.condition.Conditioning;
import io.journey.diffusion.DenoiserInput;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** Inputs of denoisers. */
public final class Inputs {
  private Inputs() {}

  /** Asks without conditions. */
  public static DenoiserInput of(Tensor sample, int... timesteps) {
    return new DenoiserInput(
        sample, timesteps, Conditioning.repeated(Condition.NONE, timesteps.length));
  }

  /** Asks for classes, one a row. */
  public static DenoiserInput ofClasses(Tensor sample, int[] timesteps, int... classes) {
    return new DenoiserInput(
        sample,
        timesteps,
        Conditioning.of(Arrays.stream(classes).mapToObj(Condition.ClassLabel::new).toList()));
  }
}
