package io.journey.explorer;

import io.journey.dataset.ImageShape;
import io.journey.dataset.PictureFiles.Picture;
import io.journey.encoding.Encoders;
import io.journey.latent.LatentCodec;
import io.journey.model.Ensemble;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What can be asked about: the targets of a file, then those that were drawn or brought since, all
 * in memory until the explorer ends. It knows how a latent becomes a picture.
 */
final class RunTargets implements AutoCloseable {
  /** Numbers of trajectories that are held in memory, 1 GiB of them; as many again may be added. */
  private static final long MAX_NUMBERS = 1L << 28;

  /** Targets that are added at most. */
  private static final int MOST_ADDED = 60;

  /**
   * A target.
   *
   * @param finished picture, [C·H·W]
   * @param wish what it was drawn from, of one that was drawn since; otherwise null
   */
  record Shown(Trajectory trajectory, float[] finished, Wish wish) {}

  private final List<Shown> all;
  private final int ofFile;
  private final ImageShape pictureShape;
  private final boolean prompted;
  private final LatentCodec codec;
  private final Samples samples;
  private final RunContext context;

  private RunTargets(
      List<Shown> all,
      TrajectoryFile file,
      LatentCodec codec,
      Samples samples,
      RunContext context) {
    this.all = new CopyOnWriteArrayList<>(all);
    this.ofFile = all.size();
    this.pictureShape = file.pictureShape();
    this.prompted = file.hasPrompts();
    this.codec = codec;
    this.samples = samples;
    this.context = context;
  }

  /**
   * Reads the targets of a file.
   *
   * @param ensemble that drew them
   * @throws JourneyException if it has none, or too many
   */
  static RunTargets open(Path targets, Ensemble ensemble, RunContext context) {
    TrajectoryFile file = TrajectoryFile.open(targets);
    requireFits(file, targets);
    Encoders encoders = Encoders.of(ensemble);
    List<Shown> read = new ArrayList<>();
    try (Encoders.Opened opened =
        new Encoders.Opened(LatentCodec.IDENTITY, file.hasPrompts() ? encoders.text() : null)) {
      for (Trajectory target : file.read(file.timesteps(), opened.text())) {
        read.add(new Shown(target, file.picture(read.size()), null));
      }
    }
    Samples samples = new Samples(ensemble, encoders, file, context);
    return new RunTargets(read, file, encoders.codec(), samples, context);
  }

  private static void requireFits(TrajectoryFile file, Path targets) {
    long numbers = 2L * file.size() * file.timesteps().length * file.shape().numel();
    if (numbers > MAX_NUMBERS) {
      throw new JourneyException(
          targets
              + " has "
              + Counted.of(file.size(), "trajectories")
              + " of "
              + Counted.of(numbers, "numbers")
              + ", more than the "
              + MAX_NUMBERS
              + " that are explored at once: sample fewer images into a file.");
    }
  }

  /** Returns how many there are. */
  int size() {
    return all.size();
  }

  /** Returns how many are of the file. */
  int ofFile() {
    return ofFile;
  }

  /** Returns a target by its number. */
  Shown get(int number) {
    return all.get(number);
  }

  /** Returns the trajectories of the file. */
  List<Trajectory> trajectories() {
    return all.subList(0, ofFile).stream().map(Shown::trajectory).toList();
  }

  /** Returns the timesteps of all, falling. */
  int[] timesteps() {
    return all.get(0).trajectory().timesteps();
  }

  /** Returns the shape of pictures that a person sees. */
  ImageShape pictureShape() {
    return pictureShape;
  }

  /** Returns whether a picture is drawn from a text. */
  boolean takesPrompts() {
    return prompted;
  }

  /** Returns whether a picture is drawn from a class. */
  boolean takesClasses() {
    return all.get(0).trajectory().condition().classNumber().isPresent();
  }

  /**
   * Refuses further targets where there are enough.
   *
   * @throws Refused if there are
   */
  void requireRoom() {
    Trajectory first = all.get(0).trajectory();
    long each = 2L * first.timesteps().length * first.image().length;
    if (all.size() - ofFile >= MOST_ADDED || (all.size() + 1) * each > 2 * MAX_NUMBERS) {
      throw new Refused(
          409, "Enough was drawn and dropped: start the explorer anew for more pictures.");
    }
  }

  /**
   * Draws a target, and adds it.
   *
   * @param sink told of every step on a worker's thread; what it throws ends the drawing
   * @return its number
   * @throws JourneyException if the model does not take this
   */
  int draw(Wish wish, Sampler.StepSink sink) {
    Trajectory drawn = samples.draw(wish.prompt(), wish.number(), wish.seed(), sink);
    return add(new Shown(drawn, decode(drawn.image()), wish));
  }

  /**
   * Adds a picture that no model drew.
   *
   * @param picture of {@link #pictureShape}
   * @param prompt of a model of captions
   * @param number of the class, of a model of classes; −1: none
   * @return its number
   * @throws JourneyException if the model does not take this
   */
  int bring(Picture picture, String prompt, int number) {
    Trajectory brought = samples.ofPicture(picture, prompt, number, codec);
    return add(new Shown(brought, picture.image(), null));
  }

  private synchronized int add(Shown target) {
    all.add(target);
    return all.size() - 1;
  }

  /** Returns what a model samples as a picture, [C·H·W]. */
  float[] decode(float[] sampled) {
    float[][] picture = new float[1][];
    context.workers().forEach(1, unit -> picture[0] = decodeHere(sampled));
    return picture[0];
  }

  /** Returns the same on the calling worker. */
  float[] decodeHere(float[] sampled) {
    return codec == LatentCodec.IDENTITY
        ? sampled
        : codec.decode(new float[][] {sampled}, all.get(0).trajectory().shape())[0];
  }

  @Override
  public void close() {
    samples.close();
    codec.close();
  }
}
