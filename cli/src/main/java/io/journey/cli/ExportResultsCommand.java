package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.embedding.Embedder;
import io.journey.embedding.Embedders;
import io.journey.results.Attribution;
import io.journey.results.TrainingImages;
import io.journey.results.exchange.Export;
import io.journey.results.exchange.ExportFormat;
import io.journey.results.exchange.ExportRequest;
import io.journey.results.exchange.ImageForm;
import io.journey.results.groups.GroupScores;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what an attribution found in a format of another tool: a subcommand of its name. */
@Command(footerHeading = Main.EXAMPLES_HEADING)
final class ExportResultsCommand implements Runnable {
  private final ExportFormat format;

  @Mixin private Console console;

  @Option(
      names = "--attribution",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the scores.")
  private Path attribution;

  @ArgGroup(exclusive = false, multiplicity = "1")
  private DataOptions data;

  @Option(
      names = "--groups",
      paramLabel = "DIR",
      description =
          "Scores of groups of the same attribution, by journey groups: the export then tells who is"
              + " in which. May be given again.")
  private List<Path> groups = List.of();

  @Option(
      names = "--images",
      paramLabel = "FORM",
      description =
          "How training images are named: files, the data's own; png, written into the export as the"
              + " model saw them; embedded in a column, of scores alone (default: files where each"
              + " image is a file, otherwise png).")
  private ImageForm images;

  /** Where paths begin. */
  enum Paths {
    RELATIVE,
    ABSOLUTE
  }

  @Option(
      names = "--paths",
      paramLabel = "KIND",
      defaultValue = "relative",
      description =
          "Paths of images, relative to the export or absolute (default: ${DEFAULT-VALUE}).")
  private Paths paths;

  @Option(
      names = "--strongest",
      paramLabel = "K",
      defaultValue = "" + ExportRequest.DEFAULT_STRONGEST,
      description =
          "Training images of the largest scores that count as influential for a picture (default:"
              + " ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int strongest;

  @Option(
      names = "--embedding",
      paramLabel = "SPEC",
      description =
          "A network that gives a vector of each training image: classifier:DIR, clip:DIR, onnx:FILE"
              + " or torchscript:FILE?size=N (default: an image's scores are its vector).")
  private String embedding;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      defaultValue = "",
      description = "What the data set is called elsewhere, such as its id on a hub.")
  private String dataset;

  @Option(
      names = "--license",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Licence of the data set, a name or an address.")
  private String license;

  @Option(
      names = "--creator",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Who made the data set.")
  private String creator;

  @Option(
      names = "--base-model",
      paramLabel = "NAME",
      defaultValue = "",
      description = "What the model was trained on from, such as its id on a hub.")
  private String baseModel;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the export, empty or new.")
  private Path out;

  private ExportResultsCommand(ExportFormat format) {
    this.format = format;
  }

  /** Adds a subcommand of each registered format. */
  static void addTo(CommandLine export, PrintWriter err) {
    try {
      for (ExportFormat format : ExportFormat.all()) {
        CommandLine added = new CommandLine(new ExportResultsCommand(format));
        added
            .getCommandSpec()
            .name(format.name())
            .usageMessage()
            .description(format.description())
            .footer(
                "  journey export " + format.name() + " --attribution runs/fashion/attribution \\",
                "      --data 'data/fashion-mnist?size=16' --out runs/fashion/" + format.name());
        export.addSubcommand(format.name(), added);
      }
    } catch (JourneyException e) {
      err.println(e.getMessage()); // Other commands do without.
    }
  }

  @Override
  public void run() {
    Attribution scores = Attribution.open(attribution);
    Dataset pictures = TrainingImages.of(scores, data.open(console.progress()));
    ExportRequest request =
        new ExportRequest(
            scores,
            pictures,
            GroupScores.open(groups, scores),
            Optional.ofNullable(images),
            paths == Paths.ABSOLUTE,
            strongest,
            new ExportRequest.Names(dataset, license, creator, baseModel),
            embedding == null ? Optional.empty() : Optional.of(vectors(pictures)));
    new Export(format, request).run(out, console.context());
    console.say(
        Counted.of(scores.size(), "training images")
            + " and "
            + Counted.of(scores.targets(), "targets")
            + " are in "
            + out
            + " ("
            + format.name()
            + "; docs/exports.md says how to open it).");
  }

  private ExportRequest.Embedding vectors(Dataset pictures) {
    try (Embedder embedder = Embedders.open(embedding)) {
      float[][] vectors = embedder.embed(pictures, console.context());
      return new ExportRequest.Embedding(embedder.name(), embedder.fingerprint(), vectors);
    }
  }
}
