package io.journey.cli;

import io.journey.dataset.Datasets;
import io.journey.model.CheckpointFiles;
import io.journey.model.CheckpointSpec;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunStatus;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
      "  journey inspect idx:data/fashion-mnist"
    })
final class InspectCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      description =
          "A directory a stage has written, a checkpoint's folder or file (.safetensors, .bin, .pt,"
              + " .ckpt), an .npy file, or a data set.")
  private String path;

  @Option(
      names = "--verify",
      description = "Compare every file of a run directory with its checksum.")
  private boolean verify;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
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

  /** The path, or null where the text cannot be one. */
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
    Path quickstart = directory.resolve(QuickstartCommand.MANIFEST);
    if (Files.exists(quickstart)) {
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

  private void inspectFile(Path file, PrintWriter out) {
    String name = file.getFileName().toString();
    if (name.endsWith(".npy")) {
      ArraySummary.printNpy(file, out);
    } else if (CheckpointSummary.isWeights(file)) {
      CheckpointSummary.printFile(CheckpointSpec.of(file), out);
    } else {
      DatasetSummary.print(Datasets.open(path), out);
    }
  }
}
