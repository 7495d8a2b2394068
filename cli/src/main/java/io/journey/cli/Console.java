package io.journey.cli;

import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.tensor.Libtorch;
import java.io.PrintWriter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

  private final Queue<String> announced = new ConcurrentLinkedQueue<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads (default: one for each core). They change no number.")
  @InRange(from = 1)
  private Integer threads;

  private RunContext context;

  /** Returns what the command's stages run with; {@link #close} ends it. */
  RunContext context() {
    if (context == null) {
      int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
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

  /** Progress on standard error. What was announced is told when the first task starts. */
  Progress progress() {
    Progress shown = new ConsoleProgress(spec.commandLine().getErr());
    return (task, total, unit) -> {
      tellAnnounced();
      return shown.start(task, total, unit);
    };
  }

  /**
   * Tells a line when work begins, or its result is told: not where the work is refused. Stages
   * refuse before they start their first task.
   */
  void announce(String line) {
    announced.add(line);
  }

  private void tellAnnounced() {
    for (String line = announced.poll(); line != null; line = announced.poll()) {
      print(line);
    }
  }

  /** Tells a result. */
  void say(String line) {
    tellAnnounced();
    print(line);
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
