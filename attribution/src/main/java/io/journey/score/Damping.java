package io.journey.score;

import io.journey.run.SettingException;

/**
 * The damping c of λ = c·trace(ΦᵀΦ)/min(N, k), which does not depend on the scale of Φ.
 *
 * @param c at least 0
 */
public record Damping(double c) {
  /** c where nothing else is said. */
  public static final Damping DEFAULT = new Damping(1);

  public Damping {
    if (!(c >= 0) || Double.isInfinite(c)) {
      throw new SettingException("damping must be at least 0, got " + c);
    }
  }
}
