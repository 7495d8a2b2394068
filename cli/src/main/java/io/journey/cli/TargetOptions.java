package io.journey.cli;

import io.journey.dataset.ImageShape;
import io.journey.results.Timesteps;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
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

  @Option(
      names = "--timesteps",
      paramLabel = "TIMESTEPS",
      defaultValue = "100:900:100",
      description = "first:last:distance or a list (default: ${DEFAULT-VALUE}).")
  private Timesteps steps;

  Timesteps steps() {
    return steps;
  }

  /** Returns the shape of the targets. */
  ImageShape shape() {
    return TrajectoryFile.open(target).shape();
  }

  /**
   * Returns the targets, of which only what is attributed is read: the file may be larger than
   * memory.
   */
  List<Trajectory> read() {
    TrajectoryFile file = TrajectoryFile.open(target);
    return file.read(steps.among(file.timesteps()));
  }
}
