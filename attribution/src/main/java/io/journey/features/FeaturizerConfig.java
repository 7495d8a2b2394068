package io.journey.features;

import io.journey.array.DType;
import io.journey.diffusion.DrawScheme;
import io.journey.diffusion.OutputFunction;
import io.journey.gradient.GradientMethod;
import io.journey.gradient.ParameterSelection;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.run.SettingException;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.Serializable;
import java.util.Objects;

/**
 * How training features are computed.
 *
 * @param parameters the weights whose gradients are taken
 * @param projection of gradients
 * @param preconditioner what gradients are multiplied by before
 * @param function whose gradient a feature is
 * @param draws R, draws of (t, ε) each example's loss is averaged over
 * @param sampling how they are drawn
 * @param dtype {@link DType#F32}, {@link DType#F16} or {@link DType#I8} on disk; the latter two
 *     with a scale for each row
 * @param precision {@link DType#F32}, or {@link DType#BF16} to compute gradients in bfloat16, which
 *     is faster on processors with instructions for it and far slower on others
 * @param method how gradients are computed; null: the faster one
 * @param shardRows examples in one file
 * @param seed of draws and projections
 */
@RecordBuilder
public record FeaturizerConfig(
    ParameterSelection parameters,
    ProjectionConfig projection,
    PreconditionerConfig preconditioner,
    OutputFunction function,
    int draws,
    DrawScheme sampling,
    DType dtype,
    DType precision,
    GradientMethod method,
    int shardRows,
    long seed)
    implements FeaturizerConfigBuilder.With, Serializable {
  public FeaturizerConfig {
    Objects.requireNonNull(parameters, "features.parameters");
    Objects.requireNonNull(projection, "features.projection");
    Objects.requireNonNull(preconditioner, "features.preconditioner");
    Objects.requireNonNull(function, "features.function");
    Objects.requireNonNull(sampling, "features.drawScheme");
    if (draws < 1) {
      throw new SettingException("features.draws must be at least 1, got " + draws);
    }
    if (dtype != DType.F32 && !Scales.belongTo(dtype)) {
      throw new SettingException("features.dtype must be F32, F16 or I8, got " + dtype);
    }
    if (precision != DType.F32 && precision != DType.BF16) {
      throw new SettingException("features.precision must be F32 or BF16, got " + precision);
    }
    if (shardRows < 1) {
      throw new SettingException("features.shardRows must be at least 1, got " + shardRows);
    }
  }

  /**
   * Gradients preconditioned by EK-FAC, sparse projection to 65 536, 40 shared draws, int8 on disk.
   */
  public static FeaturizerConfig defaults() {
    return defaults(PreconditionerConfig.DEFAULT);
  }

  /**
   * Defaults behind a preconditioner: preconditioned gradients are long, stored in a byte a number,
   * and gain with draws; plain ones, of which estimators decompose a matrix, are projected to 4096
   * numbers of float32, of 20 draws.
   */
  public static FeaturizerConfig defaults(PreconditionerConfig preconditioner) {
    boolean plain = preconditioner.equals(PreconditionerConfig.NONE);
    return new FeaturizerConfig(
        ParameterSelection.ALL,
        ProjectionConfig.defaultFor(!plain),
        preconditioner,
        OutputFunction.LOSS,
        plain ? 20 : 40,
        DrawScheme.SHARED,
        plain ? DType.F32 : DType.I8,
        DType.F32,
        null,
        64,
        0);
  }
}
