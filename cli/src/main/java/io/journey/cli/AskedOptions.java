package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.model.Ensemble;
import io.journey.results.Timesteps;
import io.journey.sampling.Trajectory;
import java.util.List;
import picocli.CommandLine.ArgGroup;

/** What is asked about: drawings, or pictures from elsewhere. */
final class AskedOptions {
  @ArgGroup(exclusive = false)
  TargetOptions target;

  @ArgGroup(exclusive = false)
  ImageOptions image;

  /**
   * What is asked about, read.
   *
   * @param shape of the targets' pictures
   */
  record Asked(List<Trajectory> targets, ImageShape shape) {}

  /**
   * Reads it, and says how pictures were changed, if they were.
   *
   * @param trained the images that the ensemble was trained on: pictures are changed as they were
   * @param seed of the noise that pictures are shown with
   */
  Asked read(Ensemble ensemble, Dataset trained, Timesteps steps, long seed, Console console) {
    if (target != null) {
      return new Asked(target.read(steps, ensemble), target.pictureShape());
    }
    ImageOptions.Asked pictures = image.read(ensemble, trained, steps, seed);
    pictures.notes().forEach(console::announce);
    return new Asked(pictures.targets(), pictures.shape());
  }
}
