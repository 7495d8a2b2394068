package io.journey.cli;

import io.journey.report.AttributionReport;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the page of an attribution. */
@Command(
    name = "report",
    description = "Write an attribution as one HTML page that opens from disk.",
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey report --attribution runs/fashion/attribution \\",
      "      --data 'data/fashion-mnist?size=16' --out runs/fashion/report.html"
    })
final class ReportCommand implements Runnable {
  @Mixin private Console console;

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
          "Scores of the same targets from features of another --seed: the page then tells how much"
              + " of it remains.")
  private Path again;

  @Mixin private DataOptions data;

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
    AttributionReport.write(attribution, again, data.open(console.progress()), out);
    console.say("The page is " + out.toAbsolutePath().normalize().toUri());
  }
}
