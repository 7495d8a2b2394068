package io.journey.cli;

import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.tensor.Libtorch;
import java.io.PrintWriter;
import picocli.CommandLine;
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

  private RunContext context;

  /** Returns what the command's stages run with; {@link #close} ends it. */
  RunContext context() {
    if (context == null) {
      int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
      if (count < 1) {
        throw new SettingException("--threads must be at least 1, got " + count);
      }
      context = RunContext.of(Libtorch.CPU, count, progress());
    }
    return context;
  }

  /** Ends the worker threads of a command, if it has such options. */
  static void close(CommandLine.ParseResult parsed) {
    for (CommandLine each : parsed.asCommandLineList()) {
      for (CommandSpec mixin : each.getCommandSpec().mixins().values()) {
        if (mixin.userObject() instanceof Console console && console.context != null) {
          console.context.close();
          console.context = null;
        }
      }
    }
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
