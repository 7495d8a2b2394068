package io.journey.sampling;

import io.journey.condition.CaptionEncoder;
import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.run.Checksums;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The drawing of one image: the latents x_T … x_0 of a sampler, kept at every inference step, with
 * the one-step estimate x̂0 at each.
 *
 * @param shape of the image
 * @param modelFingerprint of the checkpoint that drew it
 * @param seed its number below the root seed "trajectory"
 * @param condition that it was drawn under
 * @param guidance that drew it; x̂0 is that of the guided output
 * @param timesteps t of each kept step, falling
 * @param xt the latents the model was given at each step, [S][C·H·W]
 * @param x0 x̂0 at each step, not clipped, [S][C·H·W]
 * @param image the finished picture, [C·H·W]
 */
public record Trajectory(
    ImageShape shape,
    String modelFingerprint,
    String seed,
    Condition condition,
    Guidance guidance,
    int[] timesteps,
    float[][] xt,
    float[][] x0,
    float[] image)
    implements Serializable {
  /** A trajectory drawn without guidance. */
  public Trajectory(
      ImageShape shape,
      String modelFingerprint,
      String seed,
      Condition condition,
      int[] timesteps,
      float[][] xt,
      float[][] x0,
      float[] image) {
    this(shape, modelFingerprint, seed, condition, Guidance.NONE, timesteps, xt, x0, image);
  }

  /** Returns the same with its condition as a model is asked with it. */
  public Trajectory resolve(CaptionEncoder encoder) {
    Condition resolved = condition.resolve(encoder);
    return new Trajectory(
        shape, modelFingerprint, seed, resolved, guidance, timesteps, xt, x0, image);
  }

  /**
   * The place of a step.
   *
   * @throws JourneyException if the trajectory has no such step
   */
  public int indexOf(int timestep) {
    return indexOf(timesteps, timestep);
  }

  /**
   * The place of a step among those of a trajectory.
   *
   * @throws JourneyException if it is not among them
   */
  public static int indexOf(int[] timesteps, int timestep) {
    for (int s = 0; s < timesteps.length; s++) {
      if (timesteps[s] == timestep) {
        return s;
      }
    }
    int nearest =
        Arrays.stream(timesteps)
            .boxed()
            .min(java.util.Comparator.comparingInt(t -> Math.abs(t - timestep)))
            .orElseThrow();
    throw new JourneyException(
        "The trajectory has no step "
            + timestep
            + "; it has "
            + Counted.of(timesteps.length, "steps")
            + " from "
            + timesteps[timesteps.length - 1]
            + " to "
            + timesteps[0]
            + ", the nearest is "
            + nearest
            + ": name steps it has, or sample with more inference steps.");
  }

  /**
   * A hash of targets: who drew them, their conditions, and x_t at some steps.
   *
   * @param steps t, each of them a step of every trajectory
   */
  public static String fingerprint(List<Trajectory> targets, int[] steps) {
    MessageDigest digest = Checksums.sha256();
    for (Trajectory target : targets) {
      digest.update(target.modelFingerprint().getBytes(StandardCharsets.UTF_8));
      if (!target.condition().isNone()) {
        digest.update(target.condition().fingerprint());
      }
      for (int step : steps) {
        float[] xt = target.xt()[target.indexOf(step)];
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * xt.length).putInt(step);
        for (float value : xt) {
          bytes.putFloat(value);
        }
        digest.update(bytes.array());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
