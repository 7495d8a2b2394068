package io.journey.diffusion;

import io.journey.condition.Condition;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * "Denoise this image at these steps with this noise": what both a training example and a target
 * step ask of a model. Draw r is x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε_r with t = {@code timesteps[r]}.
 *
 * @param image x_0, [C·H·W], usually in [-1, 1]
 * @param conditions that it is drawn under: one for all draws, or that of each, [R]
 * @param timesteps t of each draw, [R]
 * @param noise ε of each draw, [R·C·H·W]
 * @param weights of the draws in the mean over them, [R], or null where all are 1
 * @param probe u of {@link OutputFunction#PROBE}, [R·C·H·W], or null
 */
public record DenoisingDraws(
    float[] image,
    List<Condition> conditions,
    int[] timesteps,
    float[] noise,
    float[] weights,
    float[] probe) {
  /** The number of a pair's stream that places its step, far from those of its noise. */
  private static final long POSITION = 1L << 40;

  public DenoisingDraws {
    conditions = List.copyOf(conditions);
    if (conditions.size() != 1 && conditions.size() != timesteps.length) {
      throw new IllegalArgumentException(
          timesteps.length + " draws need one condition or as many, got " + conditions.size());
    }
    if (timesteps.length < 1 || noise.length != image.length * timesteps.length) {
      throw new IllegalArgumentException(
          timesteps.length
              + " draws of an image of "
              + image.length
              + " numbers need as much noise, got "
              + noise.length);
    }
    if (probe != null && probe.length != noise.length) {
      throw new IllegalArgumentException(
          "a probe needs as many numbers as the noise, got " + probe.length);
    }
    if (weights != null && weights.length != timesteps.length) {
      throw new IllegalArgumentException(
          timesteps.length + " draws need as many weights, got " + weights.length);
    }
  }

  /** Draws without a probe. */
  public DenoisingDraws(
      float[] image, List<Condition> conditions, int[] timesteps, float[] noise, float[] weights) {
    this(image, conditions, timesteps, noise, weights, null);
  }

  /** Draws of equal weight. */
  public DenoisingDraws(float[] image, Condition condition, int[] timesteps, float[] noise) {
    this(image, List.of(condition), timesteps, noise, null);
  }

  /**
   * R draws of the training loss (method of Georgiev et al., section 2.2): t uniform on 0..T−1, ε
   * standard Gaussian. Draw r depends on the seed and r alone.
   */
  public static DenoisingDraws uniform(
      float[] image, Condition condition, NoiseSchedule schedule, Seed seed, int draws) {
    int[] timesteps = new int[draws];
    float[] noise = new float[draws * image.length];
    for (int r = 0; r < draws; r++) {
      RandomStream stream = seed.child(r).stream();
      timesteps[r] = stream.nextInt(schedule.steps());
      stream.fillGaussian(noise, r * image.length, image.length);
    }
    return new DenoisingDraws(image, condition, timesteps, noise);
  }

  /**
   * R draws of the training loss for any number of images: see {@link DrawScheme#SHARED}. Pair q
   * depends on the seed, q and R alone; an odd R ends with a single draw, whose part of the steps
   * is half as long.
   */
  public static DenoisingDraws stratified(
      float[] image, Condition condition, TimestepDistribution distribution, Seed seed, int draws) {
    int[] timesteps = new int[draws];
    float[] noise = new float[draws * image.length];
    float[] weights = new float[draws];
    for (int r = 0; r < draws; r += 2) {
      RandomStream stream = seed.child(r / 2).stream();
      // Within the part of all draws that is the pair's, or a single last draw's, share.
      int count = Math.min(2, draws - r);
      double place = (r + count * stream.uniform(POSITION)) / draws;
      pair(stream, noise, r, image.length, draws);
      for (int i = r; i < r + count; i++) {
        timesteps[i] = distribution.at(place);
        weights[i] = (float) distribution.weight(timesteps[i]);
      }
    }
    return new DenoisingDraws(image, List.of(condition), timesteps, noise, weights);
  }

  /**
   * k' draws of the model output of one step (Eq. 3): t fixed, ε standard Gaussian in pairs of ε
   * and −ε; an odd k' leaves out the last −ε.
   */
  public static DenoisingDraws atStep(
      float[] image, Condition condition, int timestep, Seed seed, int draws) {
    int[] timesteps = new int[draws];
    Arrays.fill(timesteps, timestep);
    float[] noise = new float[draws * image.length];
    for (int r = 0; r < draws; r += 2) {
      pair(seed.child(r / 2).stream(), noise, r, image.length, draws);
    }
    return new DenoisingDraws(image, condition, timesteps, noise);
  }

  /** Draw r and, if there is one, draw r + 1 with its negative. */
  private static void pair(RandomStream stream, float[] noise, int r, int numel, int draws) {
    stream.fillGaussian(noise, r * numel, numel);
    if (r + 1 < draws) {
      for (int i = r * numel; i < (r + 1) * numel; i++) {
        noise[numel + i] = -noise[i];
      }
    }
  }

  /** Returns the same with a standard Gaussian probe of each draw, named by the seed. */
  public DenoisingDraws withProbe(Seed seed) {
    float[] u = new float[noise.length];
    seed.stream().fillGaussian(u);
    return new DenoisingDraws(image, conditions, timesteps, noise, weights, u);
  }

  /** The same draws of another image. */
  public DenoisingDraws withImage(float[] otherImage, Condition otherCondition) {
    return new DenoisingDraws(otherImage, List.of(otherCondition), timesteps, noise, weights);
  }

  /**
   * The same draws of another image that may be drawn under several conditions, such as its
   * captions: draw r under condition r mod C, so that the mean over draws is over them too.
   *
   * @param others [C]
   */
  public DenoisingDraws withImage(float[] otherImage, List<? extends Condition> others) {
    if (others.size() == 1) {
      return withImage(otherImage, others.get(0));
    }
    List<Condition> each = new ArrayList<>();
    for (int r = 0; r < count(); r++) {
      each.add(others.get(r % others.size()));
    }
    return new DenoisingDraws(otherImage, each, timesteps, noise, weights);
  }

  /**
   * Some of these draws.
   *
   * @param which their numbers, in the order wanted
   */
  public DenoisingDraws some(int... which) {
    float[] chosenWeights = null;
    if (weights != null) {
      chosenWeights = new float[which.length];
      for (int i = 0; i < which.length; i++) {
        chosenWeights[i] = weights[which[i]];
      }
    }
    int[] steps = Arrays.stream(which).map(r -> timesteps[r]).toArray();
    List<Condition> chosenConditions =
        conditions.size() == 1
            ? conditions
            : Arrays.stream(which).mapToObj(this::condition).toList();
    return new DenoisingDraws(
        image,
        chosenConditions,
        steps,
        chosen(noise, which),
        chosenWeights,
        probe == null ? null : chosen(probe, which));
  }

  private float[] chosen(float[] ofDraws, int... which) {
    float[] chosen = new float[which.length * image.length];
    for (int i = 0; i < which.length; i++) {
      System.arraycopy(ofDraws, which[i] * image.length, chosen, i * image.length, image.length);
    }
    return chosen;
  }

  /** Returns the condition of draw r. */
  public Condition condition(int r) {
    return conditions.get(conditions.size() == 1 ? 0 : r);
  }

  /** R. */
  public int count() {
    return timesteps.length;
  }
}
