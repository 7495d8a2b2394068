package io.journey.projection;

import io.journey.nn.Parameters;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * Whether gradients are multiplied by (F + λI)^(−1/2) before their projection, F the curvature of
 * the loss.
 *
 * @param kind of approximation of F
 * @param damping c of λ = c·mean(Λ) over all weights, above 0; 0 for {@link Kind#NONE}
 */
public record CurvatureConfig(Kind kind, double damping) {
  /** Kinds of curvature. */
  public enum Kind {
    /** Gradients as they are. */
    NONE,
    /** Kronecker factors with corrected eigenvalues, weight by weight: see {@link Whitening}. */
    EKFAC
  }

  /** Gradients as they are. */
  public static final CurvatureConfig NONE = new CurvatureConfig(Kind.NONE, 0);

  /** c where nothing else is said: chosen by LDS and stability together. */
  public static final double DEFAULT_DAMPING = 0.003;

  /** What the largest LDS was measured with. */
  public static final CurvatureConfig DEFAULT = new CurvatureConfig(Kind.EKFAC, DEFAULT_DAMPING);

  public CurvatureConfig {
    Objects.requireNonNull(kind, "curvature.kind");
    if (kind == Kind.NONE ? damping != 0 : !(damping > 0) || Double.isInfinite(damping)) {
      throw new IllegalArgumentException("curvature.damping must be above 0, got " + damping);
    }
  }

  /** Reads {@code none}, {@code ekfac} or {@code ekfac:0.003}. */
  public static CurvatureConfig parse(String text) {
    String[] parts = text.split(":", 2);
    if (text.equals("none")) {
      return NONE;
    }
    if (!parts[0].equals("ekfac")) {
      throw new IllegalArgumentException(
          "curvature " + text + " is unknown: write none or ekfac:0.003");
    }
    if (parts.length == 1) {
      return DEFAULT;
    }
    try {
      return new CurvatureConfig(Kind.EKFAC, Double.parseDouble(parts[1]));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "curvature " + text + " has no number behind the colon: write ekfac:0.003", e);
    }
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.NONE ? name : name + ":" + damping;
  }

  /**
   * The projection behind the whitening; closes with it.
   *
   * @param projection of whitened gradients
   * @param file what {@link CurvatureFit} wrote for these parameters; not read for {@link
   *     Kind#NONE}
   */
  public Projection before(Projection projection, Parameters parameters, Path file) {
    return kind == Kind.NONE
        ? projection
        : Whitening.read(projection, parameters.list(), file, damping);
  }
}
