package io.journey.score;

/**
 * Journey-TRAK (Georgiev et al. 2023, Algorithm 1): Φ(ΦᵀΦ + λI)⁻¹g_t. {@link Attributor} computes
 * the same with one decomposition for one damping, and for any number of examples.
 */
public final class JourneyTrak implements DampedInfluence {
  @Override
  public String name() {
    return "journey-trak";
  }
}
