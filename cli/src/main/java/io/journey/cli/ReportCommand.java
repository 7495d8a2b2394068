package io.journey.cli;

import io.journey.report.AttributionReport;
import io.journey.report.EvaluationReport;
import io.journey.report.ShownTimesteps;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes the page of an attribution. */
@Command(
    name = "report",
    description = {
      "Write an attribution as one HTML page that opens from disk.",
      "With --evaluation the page also tells what was checked; without --attribution it tells that"
          + " alone."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey report --attribution runs/fashion/attribution \\",
      "      --data 'data/fashion-mnist?size=16' --out runs/fashion/report.html",
      "  journey report ... --groups runs/fashion/classes --out page.html",
      "  journey report --evaluation runs/fashion/lds --out runs/fashion/checked.html"
    })
final class ReportCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Mixin private Console console;

  @ArgGroup(exclusive = false)
  private Answer answer;

  /** The attribution a page shows. */
  static final class Answer {
    @Option(
        names = "--attribution",
        required = true,
        paramLabel = "DIR",
        description = "Directory of the scores.")
    private Path attribution;

    @Option(
        names = "--again",
        paramLabel = "DIR",
        description =
            "Scores of the same targets from features of another --seed: the page then tells how"
                + " much of it remains.")
    private Path again;

    @Option(
        names = "--timesteps",
        paramLabel = "TIMESTEPS",
        description =
            "Steps the figures show: 100:900:100 (first, last, distance), 100,400 or all (default:"
                + " all, or evenly spaced ones where the page would have over 10 MB or 100"
                + " columns).")
    private String steps;

    @Option(
        names = "--groups",
        paramLabel = "DIR",
        description =
            "Scores of groups of the same attribution, by journey groups: the page then shows them."
                + " May be given again.")
    private List<Path> groups = List.of();

    @ArgGroup(exclusive = false, multiplicity = "1")
    private DataOptions data;
  }

  @Option(
      names = "--evaluation",
      paramLabel = "DIR",
      description = "A finished evaluation: the page then tells what it found. May be given again.")
  private List<Path> evaluations = new ArrayList<>();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The page to write (.html).")
  private Path out;

  @Override
  public void run() {
    if (Files.isDirectory(out)) {
      throw new JourneyException(out + " is a directory: name a file for the page.");
    }
    if (answer != null) {
      ShownTimesteps steps =
          answer.steps == null ? ShownTimesteps.fitting() : ShownTimesteps.parse(answer.steps);
      AttributionReport.write(
              answer.attribution,
              answer.again,
              evaluations,
              answer.groups,
              answer.data.open(console.progress()),
              steps,
              out)
          .forEach(console::say);
    } else if (!evaluations.isEmpty()) {
      EvaluationReport.write(evaluations, out);
    } else {
      throw new ParameterException(
          spec.commandLine(), "report needs --attribution with --data, --evaluation, or both.");
    }
    console.say("The page is " + out.toAbsolutePath().normalize().toUri());
  }
}
