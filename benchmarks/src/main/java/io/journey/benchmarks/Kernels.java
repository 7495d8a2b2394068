package io.journey.benchmarks;

import java.util.Collection;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks of kernels by JMH: each with each set of parameters in a Java of its own. */
final class Kernels {
  private static final TimeValue ROUND = TimeValue.milliseconds(500);

  private Kernels() {}

  /**
   * Measures one benchmark.
   *
   * @param rounds of half a second or of one call, the longer of the two; a round before them warms
   *     up
   * @param parameters the values of each that has several
   */
  static Collection<RunResult> run(
      Class<?> benchmark, int rounds, Map<String, String[]> parameters) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
            .warmupIterations(1)
            .warmupTime(ROUND)
            .measurementIterations(rounds)
            .measurementTime(ROUND)
            .forks(1)
            .timeout(TimeValue.hours(1))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    parameters.forEach(options::param);
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IllegalStateException("the benchmark did not run", e);
    }
  }

  /** The median over rounds of the time of a call. */
  static double seconds(RunResult of) {
    String unit = of.getPrimaryResult().getScoreUnit();
    if (!unit.equals("s/op")) {
      throw new IllegalStateException("a call is measured in seconds, not in " + unit);
    }
    return of.getPrimaryResult().getStatistics().getPercentile(50);
  }

  static String parameter(RunResult of, String name) {
    return of.getParams().getParam(name);
  }
}
