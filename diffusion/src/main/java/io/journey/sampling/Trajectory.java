package io.journey.sampling;

import io.journey.condition.CaptionEncoder;
import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.NoiseSchedule;
import io.journey.random.Seed;
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
 * the one-step estimate x̂0 at each. Or a picture that no model drew: then x̂0 is the picture at
 * every step, and x_t is the picture with noise of that step.
 *
 * @param shape of the image
 * @param modelFingerprint of the checkpoint that drew it; "" of a picture from elsewhere
 * @param file the name of a picture from elsewhere; null: a model drew it
 * @param seed of all its noise, in hexadecimal
 * @param condition that it was drawn under, or is asked about
 * @param guidance that drew it; x̂0 is that of the guided output
 * @param timesteps t of each kept step, falling
 * @param xt the latents the model was given at each step, [S][C·H·W]
 * @param x0 x̂0 at each step, not clipped, [S][C·H·W]
 * @param image the finished picture, [C·H·W]
 */
public record Trajectory(
    ImageShape shape,
    String modelFingerprint,
    String file,
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
    this(shape, modelFingerprint, null, seed, condition, Guidance.NONE, timesteps, xt, x0, image);
  }

  /**
   * Returns a picture that no model drew. Its noise at a step is named by the picture and the step.
   *
   * @param file its name
   * @param image the picture as the model takes it, [C·H·W]: of a model of latents, encoded
   * @param condition that the model is asked about it under
   * @param steps t, each below T
   * @param seed the root of its noise
   */
  public static Trajectory ofPicture(
      String file,
      ImageShape shape,
      float[] image,
      Condition condition,
      NoiseSchedule schedule,
      int[] steps,
      long seed) {
    Seed own = Seed.of(seed).child("picture").child(file);
    int[] falling = Arrays.stream(steps).map(t -> -t).sorted().map(t -> -t).toArray();
    float[][] xt = new float[falling.length][];
    float[][] x0 = new float[falling.length][];
    float[] noise = new float[image.length];
    for (int s = 0; s < falling.length; s++) {
      own.child(falling[s]).stream().fillGaussian(noise);
      xt[s] = schedule.noisy(image, noise, 0, falling[s]);
      x0[s] = image;
    }
    return new Trajectory(
        shape, "", file, own.hex(), condition, Guidance.NONE, falling, xt, x0, image);
  }

  /** Returns whether a model drew it; if not, it is a picture from elsewhere. */
  public boolean isDrawn() {
    return file == null;
  }

  /** Returns the same with its condition as a model is asked with it. */
  public Trajectory resolve(CaptionEncoder encoder) {
    Condition resolved = condition.resolve(encoder);
    return new Trajectory(
        shape, modelFingerprint, file, seed, resolved, guidance, timesteps, xt, x0, image);
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
   * A hash of targets: who drew them, their conditions, and x_t at some steps; of pictures from
   * elsewhere also the pictures.
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
      if (!target.isDrawn()) {
        digest.update(bytes(-1, target.image()));
      }
      for (int step : steps) {
        digest.update(bytes(step, target.xt()[target.indexOf(step)]));
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] bytes(int step, float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * numbers.length).putInt(step);
    for (float value : numbers) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }
}
