package io.journey.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Checks of attributions, one a subcommand. */
@Command(
    name = "evaluate",
    description = "Check how far attributions can be trusted.",
    subcommands = {StabilityCommand.class, ClassifierCommand.class},
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate stability --help       how alike two answers to one question are",
      "  journey evaluate classifier --help      a network that tells the data's classes apart"
    })
final class EvaluateCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "evaluate needs to be told what: stability or classifier.");
  }
}
