package io.journey.preconditioner;

import io.journey.nn.Parameter;
import io.journey.run.SettingException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Whether gradients are multiplied by (F + λI)^(−1/2) before their projection, F the curvature of
 * the loss.
 *
 * @param kind of approximation of F
 * @param damping c of λ = c·mean(Λ) over all weights, above 0; 0 for {@link Kind#NONE}
 */
public record PreconditionerConfig(Kind kind, double damping) implements Serializable {
  /** Kinds of preconditioners. */
  public enum Kind {
    /** Gradients as they are. */
    NONE,
    /**
     * Kronecker factors with corrected eigenvalues, weight by weight, of the empirical Fisher
     * matrix: see {@link Ekfac}.
     */
    EKFAC,
    /** The same of the Gauss–Newton matrix, by random outputs (Mlodozeniec et al. 2025). */
    EKFAC_GN;

    /** Returns whether estimators that need one are served by the other: both are curvatures. */
    public boolean isLike(Kind other) {
      return (this == NONE) == (other == NONE);
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Gradients as they are. */
  public static final PreconditionerConfig NONE = new PreconditionerConfig(Kind.NONE, 0);

  /** c where nothing else is said: chosen by LDS and stability together. */
  public static final double DEFAULT_DAMPING = 0.003;

  /** EK-FAC with the damping that the largest LDS was measured with. */
  public static final PreconditionerConfig DEFAULT =
      new PreconditionerConfig(Kind.EKFAC, DEFAULT_DAMPING);

  public PreconditionerConfig {
    Objects.requireNonNull(kind, "preconditioner.kind");
    if (kind == Kind.NONE ? damping != 0 : !(damping > 0) || Double.isInfinite(damping)) {
      throw new SettingException(
          "preconditioner.damping must be finite and above 0, got " + damping);
    }
  }

  /**
   * Reads {@code none}, {@code ekfac}, {@code ekfac-gn} or, with a damping, {@code ekfac:0.003}.
   */
  public static PreconditionerConfig parse(String text) {
    String[] parts = text.split(":", 2);
    if (text.equals("none")) {
      return NONE;
    }
    Kind kind =
        Stream.of(Kind.EKFAC, Kind.EKFAC_GN)
            .filter(one -> one.text().equals(parts[0]))
            .findFirst()
            .orElseThrow(
                () ->
                    new SettingException(
                        "preconditioner "
                            + text
                            + " is unknown: write none, ekfac:0.003 or ekfac-gn:0.003"));
    if (parts.length == 1) {
      return new PreconditionerConfig(kind, DEFAULT_DAMPING);
    }
    try {
      double damping = Double.parseDouble(parts[1]);
      if (!(damping > 0) || Double.isInfinite(damping)) {
        throw new SettingException(
            "preconditioner "
                + text
                + " has a damping that is not finite and above 0: write "
                + kind.text()
                + ":0.003");
      }
      return new PreconditionerConfig(kind, damping);
    } catch (NumberFormatException e) {
      throw new SettingException(
          "preconditioner "
              + text
              + " has no number behind the colon: write "
              + kind.text()
              + ":0.003",
          e);
    }
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return kind == Kind.NONE ? kind.text() : kind.text() + ":" + damping;
  }

  /**
   * Returns the preconditioner of some weights; its owner closes it.
   *
   * @param file what {@link EkfacFit} wrote for these weights; not read for {@link Kind#NONE}
   */
  public Preconditioner open(List<Parameter> weights, Path file) {
    return kind == Kind.NONE ? Preconditioner.NONE : Ekfac.read(weights, file, damping);
  }
}
