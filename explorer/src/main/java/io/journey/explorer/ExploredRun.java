package io.journey.explorer;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.encoding.Encoders;
import io.journey.features.FeatureStore;
import io.journey.latent.LatentCodec;
import io.journey.model.Ensemble;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.JsonFields;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.score.OpenCheckpoints;
import io.journey.text.TextEncoder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** A run that is open: its targets in memory, its checkpoints ready to be asked. */
final class ExploredRun implements AutoCloseable {
  /** Numbers of trajectories that are held in memory, 1 GiB of them. */
  private static final long MAX_NUMBERS = 1L << 28;

  private final String name;
  private final Dataset images;
  private final FeatureStore features;
  private final List<Trajectory> targets;
  private final List<float[]> finished;
  private final List<Wish> wishes = new CopyOnWriteArrayList<>();
  private final int ofFile;
  private final Samples samples;
  private final ImageShape pictureShape;
  private final LatentCodec codec;
  private final OpenCheckpoints checkpoints;
  private final RunContext context;

  private ExploredRun(
      ExplorerSources sources,
      FeatureStore features,
      TrajectoryFile file,
      List<Trajectory> targets,
      Dataset images,
      LatentCodec codec,
      OpenCheckpoints checkpoints,
      Samples samples,
      RunContext context) {
    this.name = sources.name();
    this.images = images;
    this.features = features;
    this.targets = new CopyOnWriteArrayList<>(targets);
    this.finished =
        new CopyOnWriteArrayList<>(
            IntStream.range(0, targets.size()).mapToObj(file::picture).toList());
    this.ofFile = targets.size();
    this.samples = samples;
    this.pictureShape = file.pictureShape();
    this.codec = codec;
    this.checkpoints = checkpoints;
    this.context = context;
  }

  /**
   * Opens a run. Nothing is written to it.
   *
   * @throws JourneyException if its parts do not belong together, or the data is other data
   */
  static ExploredRun open(ExplorerSources sources, RunContext context) {
    FeatureStore features = FeatureStore.open(sources.features());
    Dataset images = images(features, sources.data());
    TrajectoryFile file = TrajectoryFile.open(sources.target());
    requireFits(file, sources);
    Ensemble ensemble = Ensemble.open(sources.checkpoints());
    Encoders encoders = Encoders.of(ensemble);
    LatentCodec codec = null;
    try (Encoders.Opened opened = new Encoders.Opened(LatentCodec.IDENTITY, text(file, encoders))) {
      List<Trajectory> targets = file.read(file.timesteps(), opened.text());
      codec = encoders.codec();
      OpenCheckpoints checkpoints = OpenCheckpoints.open(ensemble, features, targets, context);
      return new ExploredRun(
          sources,
          features,
          file,
          targets,
          images,
          codec,
          checkpoints,
          new Samples(ensemble, encoders, file, context),
          context);
    } catch (RuntimeException | Error e) {
      if (codec != null) {
        codec.close();
      }
      throw e;
    }
  }

  private static TextEncoder text(TrajectoryFile file, Encoders encoders) {
    return file.hasPrompts() ? encoders.text() : null;
  }

  private static void requireFits(TrajectoryFile file, ExplorerSources sources) {
    long numbers = 2L * file.size() * file.timesteps().length * file.shape().numel();
    if (numbers > MAX_NUMBERS) {
      throw new JourneyException(
          sources.target()
              + " has "
              + Counted.of(file.size(), "trajectories")
              + " of "
              + Counted.of(numbers, "numbers")
              + ", more than the "
              + MAX_NUMBERS
              + " that are explored at once: sample fewer images into a file.");
    }
  }

  /** Returns the training images as a person sees them, if they are those of the features. */
  private static Dataset images(FeatureStore features, Dataset data) {
    JsonFields inputs = features.manifest().inputFields();
    Dataset pictures = data.pictures();
    if (inputs.has("text_encoder")) {
      pictures = pictures.captioned();
    }
    String made = inputs.text(inputs.has("pictures") ? "pictures" : "data");
    if (!made.equals(pictures.fingerprint())) {
      throw new JourneyException(
          features.manifest().directory()
              + " was made from other images than those of "
              + pictures.spec()
              + ": name the training images by --data, with the same options and captions.");
    }
    return pictures;
  }

  String name() {
    return name;
  }

  /** Returns the training images as pictures. */
  Dataset images() {
    return images;
  }

  FeatureStore features() {
    return features;
  }

  /** Returns the targets: those of the file, then those that were drawn since. */
  List<Trajectory> targets() {
    return targets;
  }

  /** Returns how many targets are of the file. */
  int ofFile() {
    return ofFile;
  }

  /** Returns what a target was drawn from that was drawn since. */
  Wish wish(int target) {
    return wishes.get(target - ofFile);
  }

  /** Returns what draws further targets. */
  Samples samples() {
    return samples;
  }

  /** Takes a target that was drawn now, and returns its number. */
  synchronized int add(Trajectory target, Wish wish) {
    finished.add(decode(target.image()));
    wishes.add(wish);
    targets.add(target);
    return targets.size() - 1;
  }

  /** Returns the finished picture of a target. */
  float[] finished(int target) {
    return finished.get(target);
  }

  /** Returns the shape of pictures that a person sees. */
  ImageShape pictureShape() {
    return pictureShape;
  }

  OpenCheckpoints checkpoints() {
    return checkpoints;
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
        : codec.decode(new float[][] {sampled}, targets.get(0).shape())[0];
  }

  @Override
  public void close() {
    checkpoints.close();
    samples.close();
    codec.close();
  }
}
