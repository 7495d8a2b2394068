package io.journey.cli;

import io.journey.array.Safetensors;
import io.journey.dataset.ContactSheet;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.CheckpointFiles;
import io.journey.model.CheckpointSpec;
import io.journey.run.Confined;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunStatus;
import io.journey.run.SettingException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a file or directory holds. */
@Command(
    name = "inspect",
    description = "Say what a run directory, array file, checkpoint or data set holds.",
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey inspect runs/fashion/features --verify",
      "  journey inspect runs/fashion/attribution/scores.npy",
      "  journey inspect --data 'photos.tar?size=32' --where class=cat --contact-sheet cats.png"
    })
final class InspectCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PATH",
      description =
          "A directory a stage has written, a checkpoint's folder or file (.safetensors, .bin, .pt,"
              + " .ckpt), an .npy file, a page, table or figure, or a data set.")
  private String path;

  @Option(
      names = "--verify",
      description =
          "Compare every file of a run directory with its checksum, a file of trajectories with its"
              + " own.")
  private boolean verify;

  @ArgGroup(exclusive = false)
  private DataSheet data;

  /** A closer look at training data. */
  static final class DataSheet {
    @ArgGroup(exclusive = false, multiplicity = "1")
    private DataOptions data;

    @Option(
        names = "--contact-sheet",
        paramLabel = "FILE",
        description = "Write a picture (.png) with some images of every class.")
    private Path sheet;
  }

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    if ((path == null) == (data == null)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "inspect takes either a PATH or --data SPEC, and got "
              + (path == null ? "neither." : "both."));
    }
    if (data != null) {
      inspectData(out);
    } else {
      inspectPath(out);
    }
  }

  private void inspectData(PrintWriter out) {
    if (data.sheet != null && !data.sheet.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new SettingException(
          "--contact-sheet writes a PNG, got " + data.sheet + ": give it a name that ends in .png");
    }
    ConsoleProgress progress = new ConsoleProgress(spec.commandLine().getErr());
    Dataset images = data.data.open(progress);
    DatasetSummary.printAll(images, out, progress);
    if (data.sheet != null) {
      ContactSheet.write(CaptionSummary.ofReadable(images), data.sheet);
      Lines.print(out, "sheet", data.sheet.toAbsolutePath().normalize());
    }
  }

  private void inspectPath(PrintWriter out) {
    Path file = asPath();
    if (file != null && Files.isDirectory(file)) {
      inspectDirectory(file, out);
    } else if (file != null && Files.isRegularFile(file)) {
      inspectFile(file, out);
    } else if (path.startsWith("torchscript:") || path.contains("#")) {
      CheckpointSummary.printFile(CheckpointSpec.parse(path), out);
    } else if (path.matches("\\w{2,}:.*") || path.contains("?")) {
      DatasetSummary.print(Datasets.open(path), out);
    } else {
      throw new JourneyException("There is no file or directory " + path + ": check the path.");
    }
  }

  /** Returns the path, or null where the text cannot be one. */
  private Path asPath() {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private void inspectDirectory(Path directory, PrintWriter out) {
    if (RunStatus.isRunDirectory(directory)) {
      ConsoleProgress progress = new ConsoleProgress(spec.commandLine().getErr());
      RunSummary.print(directory, out);
      if (verify) {
        RunSummary.verify(directory, out, progress);
      }
      return;
    }
    if (Confined.exists(directory, QuickstartStages.MANIFEST)) {
      Path quickstart = Confined.file(directory, QuickstartStages.MANIFEST);
      Lines.print(out, "directory", directory);
      Lines.printTree(out, "run", Json.read(quickstart));
      return;
    }
    if (CheckpointFiles.isCheckpoint(directory)) {
      CheckpointSummary.printFolder(CheckpointSpec.of(directory), out);
    } else {
      DatasetSummary.print(Datasets.open(path), out);
    }
  }

  private static void verifyTensors(Safetensors file, PrintWriter out) {
    if (!file.metadata().containsKey(Safetensors.DIGEST)) {
      throw new JourneyException(
          file.file() + " carries no digest of itself: name the run directory it belongs to.");
    }
    file.requireUnchanged("make it again");
    Lines.print(out, "verified", "the file is as written");
  }

  private void inspectFile(Path file, PrintWriter out) {
    String name = file.getFileName().toString();
    if (name.endsWith(".npy")) {
      ArraySummary.printNpy(file, out);
    } else if (CheckpointSummary.isWeights(file)) {
      CheckpointSummary.printFile(CheckpointSpec.of(file), out);
      if (verify && name.endsWith(".safetensors")) {
        verifyTensors(Safetensors.open(file), out);
      }
    } else if (FileSummary.isKnown(file)) {
      FileSummary.print(file, out);
    } else {
      DatasetSummary.print(Datasets.open(path), out);
    }
  }
}
