package io.journey.encoding;

import io.journey.array.DType;
import io.journey.run.SettingException;
import java.util.List;

/**
 * The settings of an encoding as its manifest has them.
 *
 * @param latents C, H, W; null: images are not encoded
 * @param latentRows images in one file; null with {@code latents}
 * @param states T, D; null: captions are not encoded
 * @param stateRows captions in one file; null with {@code states}
 * @param dtype of all numbers
 */
record EncodingSettings(
    List<Integer> latents,
    Integer latentRows,
    List<Integer> states,
    Integer stateRows,
    DType dtype) {
  EncodingSettings {
    if (latents == null && states == null) {
      throw new SettingException("neither latents nor states");
    }
    require("latents", latents, 3, latentRows);
    require("states", states, 2, stateRows);
    if (dtype != DType.F16) {
      throw new SettingException("dtype " + dtype + ", expected F16");
    }
  }

  private static void require(String name, List<Integer> shape, int sides, Integer rows) {
    if (shape == null && rows == null) {
      return;
    }
    boolean whole = shape != null && shape.size() == sides && rows != null && rows >= 1;
    double numel = 1;
    for (int d = 0; whole && d < sides; d++) {
      whole = shape.get(d) != null && shape.get(d) >= 1;
      numel *= whole ? shape.get(d) : 1;
    }
    if (!whole || numel > Integer.MAX_VALUE) {
      throw new SettingException(name + " of shape " + shape + " in files of " + rows);
    }
  }
}
