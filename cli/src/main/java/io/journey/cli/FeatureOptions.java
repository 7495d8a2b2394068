package io.journey.cli;

import io.journey.diffusion.DrawScheme;
import io.journey.diffusion.OutputFunction;
import io.journey.features.FeaturizerConfig;
import io.journey.gradient.ParameterSelection;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import picocli.CommandLine.Option;

/** Options of the training features. */
final class FeatureOptions {
  @Option(
      names = "--projection",
      paramLabel = "KIND",
      description =
          "sparse:K, factored:K (faster for large models), gaussian:K (the paper's) or none"
              + " (default: sparse:65536 with preconditioner ekfac, sparse:4096 without).")
  private ProjectionConfig projection;

  @Option(
      names = "--preconditioner",
      paramLabel = "KIND",
      description =
          "ekfac:C: gradients in the metric of influence functions, by Kronecker factors damped with"
              + " C times the mean eigenvalue, for the estimator ek-fac; ekfac-gn:C: the same of the"
              + " Gauss-Newton matrix; none: as they are, for the"
              + " paper's and others, up to three times as fast (default: ekfac:0.003; none with"
              + " factored:K and with another function than loss).")
  private PreconditionerConfig preconditioner;

  @Option(
      names = "--parameters",
      paramLabel = "PATTERNS",
      defaultValue = "all",
      description =
          "The weights whose gradients are taken, by name, such as *attentions*,!*.to_out.*"
              + " (default: ${DEFAULT-VALUE}).")
  private ParameterSelection parameters;

  @Option(
      names = "--function",
      paramLabel = "NAME",
      defaultValue = "loss",
      description =
          "loss; norm: the gradients of the mean squared prediction, as in D-TRAK; mean: of the"
              + " mean prediction, as in DAS"
              + " (default: ${DEFAULT-VALUE}).")
  private OutputFunction function;

  @Option(
      names = "--draw-scheme",
      paramLabel = "SCHEME",
      defaultValue = "shared",
      description =
          "shared: the same draws of step and noise for all images, which makes scores far"
              + " stabler; independent: each image its own, as in the paper"
              + " (default: ${DEFAULT-VALUE}).")
  private DrawScheme drawScheme;

  /** Returns the one asked for, or the best that the other settings allow. */
  private PreconditionerConfig chosenPreconditioner() {
    if (preconditioner != null) {
      return preconditioner;
    }
    boolean fast = projection != null && projection.kind() == ProjectionConfig.Kind.FACTORED;
    return function == OutputFunction.LOSS && !fast
        ? PreconditionerConfig.DEFAULT
        : PreconditionerConfig.NONE;
  }

  FeaturizerConfig config() {
    FeaturizerConfig defaults = FeaturizerConfig.defaults(chosenPreconditioner());
    return defaults
        .withParameters(parameters)
        .withProjection(projection == null ? defaults.projection() : projection)
        .withFunction(function)
        .withSampling(drawScheme);
  }
}
