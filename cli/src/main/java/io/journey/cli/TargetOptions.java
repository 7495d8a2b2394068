package io.journey.cli;

import io.journey.dataset.ImageShape;
import io.journey.encoding.Encoders;
import io.journey.model.Ensemble;
import io.journey.results.Timesteps;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.text.TextEncoder;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The targets that are attributed, and the steps. */
final class TargetOptions {
  @Option(
      names = "--target",
      required = true,
      paramLabel = "FILE",
      description = "Trajectories that sample has written.")
  private Path target;

  private TrajectoryFile file; // opened once: that reads all of it

  /** Returns the file of the targets. */
  TrajectoryFile file() {
    if (file == null) {
      file = TrajectoryFile.open(target);
    }
    return file;
  }

  /** Returns where it is. */
  Path path() {
    return target;
  }

  /** Returns the shape of the targets' pictures. */
  ImageShape pictureShape() {
    return file().pictureShape();
  }

  /**
   * Returns the targets, of which only what is attributed is read: the file may be larger than
   * memory.
   *
   * @param steps those that are attributed
   * @param ensemble whose text encoder makes of prompts what its models are asked with
   */
  List<Trajectory> read(Timesteps steps, Ensemble ensemble) {
    int[] at = steps.among(file().timesteps());
    if (!file().hasPrompts()) {
      return file().read(at);
    }
    try (TextEncoder encoder = Encoders.of(ensemble).text()) {
      return file().read(at, encoder);
    }
  }
}
