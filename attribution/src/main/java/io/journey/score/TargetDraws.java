package io.journey.score;

import io.journey.diffusion.DenoisingDraws;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The draws that the gradient of a target is averaged over.
 *
 * @param draws k' of Eq. 3: noises for each step; for an average over steps five times as many
 * @param seed of the noise
 * @param masks the part of each target, in their order, that is asked about; a null among them: the
 *     whole. One is of all targets; none: the whole of all
 */
public record TargetDraws(int draws, long seed, List<PixelMask> masks) implements Serializable {
  /** k' where nothing else is said: twice the paper's, which left chance of its own in scores. */
  public static final int DEFAULT = 40;

  public TargetDraws {
    masks = Collections.unmodifiableList(new ArrayList<>(masks));
    if (draws < 1) {
      throw new SettingException("draws must be at least 1, got " + draws);
    }
  }

  /** About one part of all targets; null: the whole. */
  public TargetDraws(int draws, long seed, PixelMask mask) {
    this(draws, seed, mask == null ? List.of() : List.of(mask));
  }

  /** Returns the part of a target that is asked about; null: the whole. */
  PixelMask mask(int target) {
    return masks.isEmpty() ? null : masks.get(masks.size() == 1 ? 0 : target);
  }

  private int parts() {
    return Math.max(1, masks.size());
  }

  /** Returns each target as often as there are parts of it that are asked about. */
  List<Trajectory> inParts(List<Trajectory> targets) {
    return targets.stream()
        .flatMap(target -> Collections.nCopies(parts(), target).stream())
        .toList();
  }

  /** Returns the same for targets in parts. */
  TargetDraws ofParts(int targets) {
    if (parts() == 1) {
      return this;
    }
    List<PixelMask> all = new ArrayList<>();
    for (int t = 0; t < targets; t++) {
      all.addAll(masks);
    }
    return new TargetDraws(draws, seed, all);
  }

  /** Returns the seed of a checkpoint's noise. */
  Seed noise(Checkpoint checkpoint) {
    return Seed.of(seed).child("targets").child(checkpoint.name());
  }

  /**
   * Returns the draws of f_t (Eq. 3): of x̂0 as the checkpoint guesses it from the target's x_t, or
   * of the picture itself where no model drew it.
   */
  DenoisingDraws atStep(Checkpoint checkpoint, Trajectory target, int step) {
    float[] x0 = target.isDrawn() ? predicted(checkpoint, target, step) : target.image();
    return DenoisingDraws.atStep(
        x0, target.condition(), step, noise(checkpoint).child(step), draws);
  }

  private static float[] predicted(Checkpoint checkpoint, Trajectory target, int step) {
    float[] xt = target.xt()[target.indexOf(step)];
    float[] output = checkpoint.model().predict(xt, step, target.condition());
    return checkpoint.schedule().predictedOriginal(xt, output, step);
  }
}
