package io.journey.features;

import static java.util.Objects.requireNonNull;

/**
 * The settings of features in a manifest, as text where people write them so.
 *
 * @param parameters the weights whose gradients are taken, as {@code ParameterSelection} reads it
 * @param preconditioner as {@code PreconditionerConfig} reads it
 * @param projection as {@code ProjectionConfig} reads it
 * @param function whose gradient a feature is
 * @param draws R
 * @param drawScheme how draws are drawn
 * @param dtype of the numbers on disk
 * @param precision of gradients
 * @param gradients the method
 * @param shardRows examples in one file
 * @param seed of draws and projections
 */
record FeatureSettings(
    String parameters,
    String preconditioner,
    String projection,
    String function,
    int draws,
    String drawScheme,
    String dtype,
    String precision,
    String gradients,
    int shardRows,
    long seed) {
  FeatureSettings {
    requireNonNull(parameters, "no parameters");
    requireNonNull(preconditioner, "no preconditioner");
    requireNonNull(projection, "no projection");
    requireNonNull(function, "no function");
    if (shardRows < 1) {
      throw new IllegalArgumentException("shard_rows " + shardRows + ", expected at least 1");
    }
  }

  /** Returns those of a configuration whose method has been decided. */
  static FeatureSettings of(FeaturizerConfig config) {
    return new FeatureSettings(
        config.parameters().toString(),
        config.preconditioner().toString(),
        config.projection().toString(),
        config.function().toString(),
        config.draws(),
        config.sampling().name(),
        config.dtype().name(),
        config.precision().name(),
        config.method().name(),
        config.shardRows(),
        config.seed());
  }
}
