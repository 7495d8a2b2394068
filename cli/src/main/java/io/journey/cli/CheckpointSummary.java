package io.journey.cli;

import io.journey.array.NamedTensors;
import io.journey.array.PyTorchFile;
import io.journey.array.Safetensors;
import io.journey.encoding.Encoders;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointFiles;
import io.journey.model.CheckpointSpec;
import io.journey.model.LoraPlace;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunStatus;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The content of a checkpoint: where its parts are, which weights are read, every tensor. */
final class CheckpointSummary {
  private static final List<String> ENDINGS =
      List.of(".safetensors", ".index.json", ".bin", ".pt", ".pth", ".ckpt");

  private CheckpointSummary() {}

  /** Returns whether a file's name says that it holds weights. */
  static boolean isWeights(Path file) {
    String name = file.getFileName().toString();
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  /** A folder. */
  static void printFolder(CheckpointSpec spec, PrintWriter out) {
    LoraPlace place = LoraPlace.of(spec);
    if (place != null) {
      Lines.print(out, "LoRA", place.lora().path());
      Lines.print(out, "on", place.base());
      ArraySummary.printTensors(NamedTensors.open(place.lora().path()), out);
      return;
    }
    CheckpointFiles files = CheckpointFiles.locate(spec.path());
    Lines.print(out, "checkpoint", files.config().getParent());
    Lines.print(out, "scheduler", files.scheduler() == null ? "none" : files.scheduler());
    files.notes().forEach(note -> Lines.print(out, "note", note));
    Lines.printTree(out, "config", Json.read(files.config()));
    printFile(
        new CheckpointSpec(
            files.weights(), spec.part(), spec.torchScript(), spec.sampleSize(), null),
        out);
  }

  /** A file of weights; a program is only run if the user says so. */
  static void printFile(CheckpointSpec spec, PrintWriter out) {
    Path file = spec.path();
    if (!Files.isRegularFile(file)) {
      throw new JourneyException("There is no file " + file + ": check the path.");
    }
    Lines.print(out, "file", file);
    if (spec.torchScript()) {
      printProgram(spec, out);
    } else if (isProgram(file)) {
      Lines.print(out, "kind", "TorchScript program, not run; torchscript:" + file + " runs it");
    } else {
      NamedTensors tensors = NamedTensors.open(file);
      if (!isOwn(tensors, file)) {
        printVerdict(spec, out);
      }
      ArraySummary.printTensors(tensors, out);
    }
  }

  private static boolean isProgram(Path file) {
    String name = file.getFileName().toString();
    return !name.endsWith(".safetensors")
        && !name.endsWith(".json")
        && PyTorchFile.isTorchScript(file);
  }

  /** Whether sampling, training and attribution can use a model, by its headers, or why not. */
  private static void printVerdict(CheckpointSpec spec, PrintWriter out) {
    try {
      Checkpoint.Usable usable = Checkpoint.requireUsable(spec);
      Encoders encoders = Encoders.of(spec);
      String what = encoders.autoencoder() == null ? "images" : "latents";
      Lines.print(out, "verdict", "can be used, for " + what + " of " + usable.images());
      if (encoders.autoencoder() != null) {
        Lines.print(
            out,
            "autoencoder",
            Files.exists(encoders.autoencoder())
                ? encoders.autoencoder()
                : "not there, though its index names one; sample --autoencoder DIR names one");
      }
      if (usable.conditions().takesCaptions()) {
        Lines.print(out, "takes", usable.conditions());
        Lines.print(
            out,
            "text encoder",
            encoders.textEncoder() == null
                ? "none beside it, sample --text-encoder DIR names one"
                : encoders.textEncoder());
      }
      String name = usable.set().isEmpty() ? "" : usable.set() + ", ";
      String of = usable.sets().size() > 1 ? ", one of " + usable.sets() : "";
      Lines.print(out, "weights", name + Counted.of(usable.weights(), "parameters") + of);
    } catch (JourneyException | IllegalArgumentException e) {
      Lines.print(out, "verdict", "cannot be used: " + e.getMessage());
    }
  }

  /** Targets, preconditioners and classifiers are files of Journey's own, and no U-Net's. */
  private static boolean isOwn(NamedTensors tensors, Path file) {
    if (RunStatus.isRunDirectory(file.toAbsolutePath().getParent())) {
      return true;
    }
    Map<String, String> notes =
        tensors instanceof Safetensors own ? own.metadata() : Map.<String, String>of();
    return notes.containsKey("kind") || notes.containsKey("examples");
  }

  private static void printProgram(CheckpointSpec spec, PrintWriter out) {
    try (Checkpoint checkpoint = Checkpoint.read(spec, ScalarType.Float)) {
      Parameters parameters = checkpoint.model().parameters();
      Lines.print(out, "kind", "TorchScript program");
      Lines.print(out, "images", checkpoint.model().shape());
      Lines.print(out, "weights", Counted.of(parameters.count(), "parameters"));
      for (Parameter parameter : parameters.list()) {
        out.printf(
            Locale.ROOT, "  %-40s %s%n", parameter.name(), Arrays.toString(parameter.shape()));
      }
    }
  }
}
