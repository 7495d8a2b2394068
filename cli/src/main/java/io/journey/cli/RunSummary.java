package io.journey.cli;

import io.journey.run.Counted;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.run.RunStatus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The result of a stage in its directory, or how far it has come. */
final class RunSummary {
  private RunSummary() {}

  static void print(Path directory, PrintWriter out) {
    RunStatus status = RunStatus.of(directory);
    Lines.print(out, "directory", directory);
    Lines.print(out, "kind", status.kind());
    Lines.print(
        out,
        "state",
        status.finished()
            ? "finished"
            : "unfinished: at work or interrupted; the same command continues it");
    Lines.print(
        out, "files", status.files() + " whole, " + Lines.bytes(status.bytes()) + " together");
    if (status.begun() > 0) {
      Lines.print(out, "begun", Counted.of(status.begun(), "unfinished files") + " to go on from");
    }
    if (status.seconds() > 0) {
      Lines.print(out, "time", PlainProgress.duration(status.seconds()));
    }
    if (status.finished()) {
      Lines.print(out, "fingerprint", Manifest.read(directory).fingerprint());
    }
    Lines.printTree(out, "settings", status.settings());
    Lines.printTree(out, "inputs", status.inputs());
    if (status.finished()) {
      Lines.printTree(out, "data", Manifest.read(directory).data());
    }
  }

  /**
   * Compares every file, those of parts too, with its checksum; the first damaged one is an error.
   */
  static void verify(Path directory, PrintWriter out, Progress progress) {
    List<Manifest> all = new ArrayList<>(List.of(Manifest.read(directory)));
    all.addAll(all.get(0).parts());
    int count = all.stream().mapToInt(manifest -> manifest.names().size()).sum();
    try (Progress.Task task = progress.start("verifying " + directory, count, "files")) {
      for (Manifest manifest : all) {
        for (String name : manifest.names()) {
          manifest.verified(name);
          task.advance(1);
        }
      }
    }
    Lines.print(
        out,
        "verified",
        count == 1
            ? "the only file is as written"
            : "all "
                + count
                + " files are as written"
                + (all.size() > 1 ? ", parts included" : ""));
  }
}
