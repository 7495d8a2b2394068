package io.journey.score;

import io.journey.run.SettingException;
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
}
