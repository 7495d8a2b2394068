package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Confined;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint that a stage of Journey wrote, whichever of its folders or files is named: the
 * manifest above it says what its files were.
 */
final class WrittenCheckpoint {
  /** {@code checkpoints/member-000/unet/weights}: three folders above a file. */
  private static final int FOLDERS = 3;

  private WrittenCheckpoint() {}

  /**
   * Compares the files that decide a checkpoint's numbers with the manifest of the stage that wrote
   * them; does nothing where no stage did.
   *
   * @throws JourneyException if one is not as it was written, or was put there later
   */
  static void requireUnchanged(CheckpointFiles files) {
    Manifest manifest = manifestAbove(absolute(files.weights()));
    if (manifest == null) {
      return;
    }
    List<Path> deciding = new ArrayList<>(List.of(files.weights(), files.config()));
    if (files.scheduler() != null) {
      deciding.add(files.scheduler());
    }
    for (Path file : deciding) {
      manifest.verified(name(manifest, absolute(file)));
    }
  }

  private static Path absolute(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /** Returns the name in the manifest. */
  static String name(Manifest manifest, Path file) {
    Path directory = manifest.directory();
    String name = file.startsWith(directory) ? slashed(directory.relativize(file)) : "";
    if (!manifest.lists(name)) {
      throw new JourneyException(
          file
              + " is none of the files that the manifest of "
              + directory
              + " lists, so it is of another checkpoint: move it elsewhere.");
    }
    return name;
  }

  private static String slashed(Path relative) {
    List<String> parts = new ArrayList<>();
    relative.forEach(part -> parts.add(part.toString()));
    return String.join("/", parts);
  }

  /** Returns the manifest of the stage that wrote a file; null where none did. */
  static Manifest manifestAbove(Path file) {
    Path folder = file.getParent();
    for (int up = 0; up < FOLDERS && folder != null; up++, folder = folder.getParent()) {
      if (isOfCheckpoints(folder)) {
        return Manifest.read(folder, Ensemble.KIND);
      }
    }
    return null;
  }

  /** Other programs call files so, too. */
  private static boolean isOfCheckpoints(Path folder) {
    try {
      if (!Confined.exists(folder, Manifest.FILE)) {
        return false;
      }
      ObjectNode content = Json.read(Confined.file(folder, Manifest.FILE));
      return content.path("kind").asText().equals(Ensemble.KIND) && content.has("settings");
    } catch (JourneyException e) {
      return false; // Not of Journey, or of no use to it.
    }
  }
}
