package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.diffusion.OutputFunction;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.run.JourneyException;
import io.journey.score.Estimators;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is chosen where nothing is said, and what is refused where it would change nothing. */
class DefaultsTest {
  private static PreconditionerConfig preconditioner(String... args) {
    FeatureOptions options = new FeatureOptions();
    parse(options, args);
    return options.config().preconditioner();
  }

  private static void parse(FeatureOptions options, String... args) {
    CommandLine line = new CommandLine(options);
    Main.register(line);
    line.parseArgs(args);
  }

  private static double damping(String estimator, String... args) {
    return CommandLine.populateCommand(new DampingOption(), args)
        .forEstimator(Estimators.named(estimator));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--projection=sparse:64                     | ekfac:0.003",
        "--projection=gaussian:64                   | ekfac:0.003",
        "--projection=factored:64                   | none",
        "--function=norm                            | none",
        "--function=mean                            | none",
        "--preconditioner=none                           | none",
        "--projection=sparse:64 --preconditioner=ekfac:2 | ekfac:2.0"
      })
  void gradientsArePreconditionedWhereThatIsPossible(String args, String expected) {
    assertThat(preconditioner(args.strip().split(" "))).hasToString(expected);
  }

  /** Products may be long; what a matrix of k×k is decomposed of may not. */
  @ParameterizedTest
  @CsvSource({
    "--draw-scheme=shared,          sparse:65536, I8",
    "--preconditioner=ekfac,          sparse:65536, I8",
    "--preconditioner=none,           sparse:4096,  F32",
    "--function=norm,            sparse:4096,  F32",
    "--projection=sparse:64,     sparse:64,    I8",
    "--projection=factored:64,   factored:64,  F32"
  })
  void featuresAreLongWhereScoresAreProducts(String args, String projection, String dtype) {
    FeatureOptions options = new FeatureOptions();
    parse(options, args);
    assertThat(options.config().projection()).hasToString(projection);
    assertThat(options.config().dtype()).hasToString(dtype);
  }

  @Test
  void featuresThatNoEstimatorWorksWithAreRefused() {
    assertThatThrownBy(
            () -> Estimators.defaultFor(OutputFunction.NORM, PreconditionerConfig.DEFAULT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("--preconditioner none");
  }

  @Test
  void anEstimatorWithoutDampingRefusesOne() {
    assertThat(damping("journey-trak")).isEqualTo(1);
    assertThat(damping("journey-trak", "--damping", "0.5")).isEqualTo(0.5);
    assertThat(damping("ek-fac")).isEqualTo(1);
    assertThatThrownBy(() -> damping("ek-fac", "--damping", "0.5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--preconditioner ekfac:C");
    assertThatThrownBy(() -> damping("tracin-dot", "--damping", "0.5"))
        .hasMessage("--damping 0.5 changes nothing of tracin-dot: leave it out");
  }
}
