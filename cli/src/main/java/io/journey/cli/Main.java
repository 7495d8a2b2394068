package io.journey.cli;

import io.journey.diffusion.OutputFunction;
import io.journey.gradient.ParameterSelection;
import io.journey.model.CheckpointSpec;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.results.Timesteps;
import io.journey.training.Preset;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the {@code journey} command. */
@Command(
    name = "journey",
    // Every subcommand is listed here and nowhere else.
    subcommands = {
      QuickstartCommand.class,
      TrainCommand.class,
      SampleCommand.class,
      FeaturizeCommand.class,
      AttributeCommand.class,
      UnrollCommand.class,
      UnlearnCommand.class,
      ReplayCommand.class,
      GroupsCommand.class,
      CurateCommand.class,
      AuditCommand.class,
      ReportCommand.class,
      ExploreCommand.class,
      EvaluateCommand.class,
      ExportCommand.class,
      TextEncoderCommand.class,
      ScenesCommand.class,
      InspectCommand.class
    },
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    description = "Which training images made a diffusion model generate this, step by step?",
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    abbreviateSynopsis = true,
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey quickstart                      from shipped images to a page",
      "  journey inspect runs/fashion/features   what a stage left, or how far it is",
      "  journey COMMAND --help                  options and an example of a command"
    })
public final class Main implements Runnable {
  static final String EXAMPLES_HEADING = "%nExamples:%n";

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean debug;

  private final Errors errors = new Errors(() -> debug);

  /** Called where no subcommand is given. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "No command is given.");
  }

  /** Runs one command line of the operating system. */
  public static void main(String[] args) {
    // The JVM is about to end: streams are flushed, not closed.
    OutputStream rawErr = new FileOutputStream(FileDescriptor.err);
    Interruption interruption = new Interruption(rawErr);
    PrintWriter out = utf8(interruption.silenced(new FileOutputStream(FileDescriptor.out)));
    PrintWriter err = utf8(interruption.silenced(rawErr));
    interruption.expect();
    int status = run(args, out, err);
    interruption.end();
    System.exit(status);
  }

  private static PrintWriter utf8(OutputStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /**
   * Runs one command line.
   *
   * @param out receives results
   * @param err receives progress and errors
   * @return the exit status: 0 done, 1 a defect of Journey, 2 something the user can mend
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    return run(commandLine(out, err), args);
  }

  /** The command with all its subcommands. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    ExportResultsCommand.addTo(line.getSubcommands().get("export"), err);
    line.setOut(printable(out)).setErr(printable(err));
    line.setExpandAtFiles(false); // --group @FILE is an option's value
    line.setColorScheme(Help.defaultColorScheme(Ansi.OFF)); // Only so are there no escapes at all.
    register(line);
    line.setParameterExceptionHandler(main.errors::usage);
    line.setExecutionExceptionHandler(main.errors::execution);
    line.setExecutionStrategy(
        parsed -> {
          OptionRanges.check(parsed);
          try {
            Console.open(parsed);
            return new CommandLine.RunLast().execute(parsed);
          } finally {
            Console.close(parsed);
          }
        });
    return line;
  }

  /** Registers how texts of options become settings. */
  static void register(CommandLine line) {
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(CheckpointSpec.class, text -> CheckpointSpec.parse(named(text)));
    line.registerConverter(OutputFunction.class, OutputFunction::parse);
    line.registerConverter(ParameterSelection.class, ParameterSelection::new);
    line.registerConverter(Path.class, text -> Path.of(named(text)));
    line.registerConverter(PreconditionerConfig.class, PreconditionerConfig::parse);
    line.registerConverter(Preset.class, Preset::parse);
    line.registerConverter(ProjectionConfig.class, ProjectionConfig::parse);
    line.registerConverter(Timesteps.class, Timesteps::parse);
  }

  /** Returns the name of a file; the empty one would be the working directory. */
  private static String named(String text) {
    if (text.isEmpty()) {
      throw new CommandLine.TypeConversionException("names no file or folder");
    }
    return text;
  }

  private static PrintWriter printable(PrintWriter terminal) {
    return new PrintWriter(new PrintableWriter(terminal), true);
  }

  static int run(CommandLine line, String... args) {
    Main main = line.getCommand();
    try {
      return line.execute(args);
    } catch (StackOverflowError e) {
      return main.errors.nesting(e, line.getErr());
    } catch (OutOfMemoryError | LinkageError e) {
      return main.errors.machine(e, line.getErr());
    } finally {
      line.getOut().flush();
      line.getErr().flush();
    }
  }
}
