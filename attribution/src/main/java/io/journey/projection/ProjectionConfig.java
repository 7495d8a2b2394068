package io.journey.projection;

import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.run.SettingException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Which random projection gradients get.
 *
 * @param kind of matrix
 * @param dim k, at least 1; 0 for {@link Kind#NONE}
 */
public record ProjectionConfig(Kind kind, int dim) implements Serializable {
  /** Kinds of projection. */
  public enum Kind {
    /** Dense, entries N(0, 1): the paper's, the reference. */
    GAUSSIAN,
    /**
     * Count-sketch: every coordinate goes to one place, with a random sign. Where there are as many
     * places as coordinates, the gradient itself.
     */
    SPARSE,
    /** Between two factors for each weight matrix, then count-sketch: forms no plain gradient. */
    FACTORED,
    /** The gradient itself. */
    NONE
  }

  /** For estimators that decompose a matrix of k×k: sparse, 4096 numbers. */
  private static final ProjectionConfig NARROW = new ProjectionConfig(Kind.SPARSE, 4096);

  /**
   * For products alone: sparse, 65 536 numbers. Preconditioned gradients are spread over many
   * directions, so that 4096 would leave much to chance (docs/performance.md).
   */
  private static final ProjectionConfig WIDE = new ProjectionConfig(Kind.SPARSE, 65_536);

  /**
   * The projection where nothing is said.
   *
   * @param preconditioned whether gradients meet a preconditioner before
   */
  public static ProjectionConfig defaultFor(boolean preconditioned) {
    return preconditioned ? WIDE : NARROW;
  }

  public ProjectionConfig {
    Objects.requireNonNull(kind, "projection.kind");
    if (kind == Kind.NONE ? dim != 0 : dim < 1) {
      throw new SettingException("projection.dim must be at least 1, got " + dim);
    }
  }

  /** Reads {@code sparse:4096}, {@code factored:4096}, {@code gaussian:2048} or {@code none}. */
  public static ProjectionConfig parse(String text) {
    if (text.equals("none")) {
      return new ProjectionConfig(Kind.NONE, 0);
    }
    String[] parts = text.split(":", 2);
    try {
      Kind kind = kind(parts[0]);
      if (kind != null && parts.length == 2) {
        int dim = Integer.parseInt(parts[1]);
        if (dim < 1) {
          throw new SettingException(
              "projection " + text + " has fewer than 1 number: write sparse:4096");
        }
        return new ProjectionConfig(kind, dim);
      }
    } catch (NumberFormatException e) {
      throw new SettingException(
          "projection " + text + " has no whole number behind the colon: write sparse:4096", e);
    }
    throw new SettingException(
        "projection "
            + text
            + " is unknown: write sparse:4096, factored:4096, gaussian:2048 or none");
  }

  /** Returns the kind of a matrix by its name, or null. */
  private static Kind kind(String name) {
    return Arrays.stream(Kind.values())
        .filter(kind -> kind != Kind.NONE && kind.name().equalsIgnoreCase(name))
        .findFirst()
        .orElse(null);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.NONE ? name : name + ":" + dim;
  }

  /**
   * The projection of the gradients of some weights.
   *
   * @param weights all that will be added
   * @param seed fixes the matrix; one for each checkpoint
   */
  public Projection create(List<Parameter> weights, Seed seed) {
    long p = weights.stream().mapToLong(Parameter::numel).sum();
    return switch (kind) {
      case GAUSSIAN -> new GaussianProjection(dim, seed);
      case SPARSE -> dim < p ? new SparseProjection(dim, seed) : new NoProjection(weights);
      case FACTORED -> new FactoredProjection(dim, seed);
      case NONE -> new NoProjection(weights);
    };
  }
}
