package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** One command line run inside the test, its streams kept. */
record CommandRun(int status, String out, String err) {
  static CommandRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(args, new PrintWriter(out), new PrintWriter(err));
    return new CommandRun(status, out.toString(), err.toString());
  }

  /** Runs a command that must end well, and returns what it prints. */
  static String runs(String... command) {
    CommandRun run = of(command);
    assertThat(run.err()).as(command[0]).doesNotContain("defect");
    assertThat(run.status()).as(String.join(" ", command) + ": " + run.err()).isZero();
    return run.out();
  }

  /** Runs a command that must be refused in one line that holds {@code sentence}. */
  static void refuses(String sentence, String... command) {
    CommandRun run = of(command);
    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(2);
    assertThat(run.err()).containsIgnoringCase(sentence).doesNotContain("defect");
    assertThat(run.err().strip().lines()).hasSize(1);
  }

  /** With a further subcommand "fail" that throws {@code failure}. */
  static CommandRun failing(Throwable failure, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine(new PrintWriter(out), new PrintWriter(err));
    CommandLine fail = new CommandLine(new Failing(failure));
    fail.setErr(line.getErr());
    fail.setExecutionExceptionHandler(line.getExecutionExceptionHandler());
    line.addSubcommand("fail", fail);
    int status = Main.run(line, args);
    return new CommandRun(status, out.toString(), err.toString());
  }

  @CommandLine.Command(name = "fail")
  private record Failing(Throwable failure) implements Runnable {
    @Override
    public void run() {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      throw (Error) failure;
    }
  }
}
