package io.journey.score;

/**
 * TRAK (Park et al. 2023) as applied to diffusion models: Φ(ΦᵀΦ + λI)⁻¹g with g the gradient of the
 * training loss of the finished image, averaged over steps; all steps have the same scores.
 */
public final class Trak implements DampedInfluence {
  @Override
  public String name() {
    return "trak";
  }

  @Override
  public Target target() {
    return Target.AVERAGED;
  }
}
