package io.journey.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Checks of attributions, one a subcommand. */
@Command(
    name = "evaluate",
    description = "Check how far attributions can be trusted.",
    // Every check is listed here and nowhere else.
    subcommands = {
      LdsCommand.class,
      RetrievalCommand.class,
      StabilityCommand.class,
      MetasmoothnessCommand.class,
      ClassifierCommand.class,
      StepCorrelationCommand.class,
      FlipsCommand.class,
      SeedsCommand.class,
      EmergenceCommand.class,
      RetrainCommand.class,
      ForgetCommand.class
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate lds --help        who predicts what retraining does",
      "  journey evaluate retrieval --help  who finds the images of a hidden source",
      "  journey evaluate stability --help  how alike two answers are",
      "  journey evaluate metasmoothness --help  whether influence can mean much",
      "  journey evaluate classifier --help a network that tells classes apart",
      "  journey evaluate timesteps --help  how alike two timesteps' scores are",
      "  journey evaluate flips --help      which images push both ways",
      "  journey evaluate seeds --help      whether models sample alike",
      "  journey evaluate emergence --help  when a feature is decided",
      "  journey evaluate retrain --help    what matters, by leaving images out",
      "  journey evaluate forget --help     what a picture is forgotten without"
    })
final class EvaluateCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "evaluate needs to be told what: " + String.join(", ", spec.subcommands().keySet()) + ".");
  }
}
