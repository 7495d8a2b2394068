package io.journey.cli;

import io.journey.run.Progress;
import io.journey.run.SettingException;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The options that every stage's command shares: worker threads, progress, and where results are
 * told.
 */
final class Console {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads (default: one for each core). They change no number.")
  private Integer threads;

  /** Worker threads. */
  int threads() {
    int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (count < 1) {
      throw new SettingException("--threads must be at least 1, got " + count);
    }
    return count;
  }

  /** Progress on standard error. */
  Progress progress() {
    return new ConsoleProgress(spec.commandLine().getErr());
  }

  /** Tells a result. */
  void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
