package io.journey.explorer;

import io.journey.dataset.Dataset;
import io.journey.features.FeatureStore;
import io.journey.model.Ensemble;
import io.journey.run.Confined;
import io.journey.run.JourneyException;
import io.journey.run.JsonFields;
import io.journey.run.Manifest;
import io.journey.run.RunContext;
import io.journey.score.OpenCheckpoints;

/**
 * A run that is open: its training images and its targets, and its features and checkpoints as soon
 * as they are finished. Nothing is written to it.
 */
final class ExploredRun implements AutoCloseable {
  /**
   * What answers questions.
   *
   * @param features of the training images
   * @param checkpoints that they were made with
   */
  record Answering(FeatureStore features, OpenCheckpoints checkpoints) {}

  private final ExplorerSources sources;
  private final Ensemble ensemble;
  private final Dataset images;
  private final RunTargets targets;
  private final RunContext context;
  private volatile Answering answering;
  private volatile String missing;

  private ExploredRun(
      ExplorerSources sources,
      Ensemble ensemble,
      Dataset images,
      RunTargets targets,
      RunContext context) {
    this.sources = sources;
    this.ensemble = ensemble;
    this.images = images;
    this.targets = targets;
    this.context = context;
    this.missing = unfinished(sources);
  }

  private static String unfinished(ExplorerSources sources) {
    return "Features are not finished: scores come when "
        + sources.features()
        + " is; until then pictures and their steps can be looked at.";
  }

  /**
   * Opens a run.
   *
   * @throws JourneyException if its parts do not belong together, or the data is other data
   */
  static ExploredRun open(ExplorerSources sources, RunContext context) {
    boolean finished = isFinished(sources);
    if (!finished && !sources.waits()) {
      FeatureStore.open(sources.features()); // Says what is wrong with them.
    }
    Ensemble ensemble = Ensemble.open(sources.checkpoints());
    RunTargets targets = RunTargets.open(sources.target(), ensemble, context);
    try {
      Dataset pictures = sources.data().pictures();
      Dataset images = targets.takesPrompts() ? pictures.captioned() : pictures;
      ExploredRun run = new ExploredRun(sources, ensemble, images, targets, context);
      if (finished) {
        run.openFeatures();
      }
      return run;
    } catch (RuntimeException | Error e) {
      targets.close();
      throw e;
    }
  }

  private static boolean isFinished(ExplorerSources sources) {
    return Confined.exists(sources.features(), Manifest.FILE);
  }

  private void openFeatures() {
    FeatureStore features = FeatureStore.open(sources.features());
    requireSame(features, images);
    OpenCheckpoints opened =
        OpenCheckpoints.open(ensemble, features, targets.trajectories(), context);
    answering = new Answering(features, opened);
    missing = null;
  }

  /** Refuses features of other images. */
  private static void requireSame(FeatureStore features, Dataset pictures) {
    JsonFields inputs = features.manifest().inputFields();
    String made = inputs.text(inputs.has("pictures") ? "pictures" : "data");
    if (!made.equals(pictures.fingerprint())) {
      throw new JourneyException(
          features.manifest().directory()
              + " was made from other images than those of "
              + pictures.spec()
              + ": name the training images by --data, with the same options and captions.");
    }
  }

  /**
   * Opens what was finished since the last look.
   *
   * @return whether there is nothing more to wait for
   */
  boolean look() {
    if (answering == null && isFinished(sources)) {
      try {
        openFeatures();
      } catch (JourneyException e) {
        missing = e.getMessage(); // The page says it; another look may find it mended.
      }
    }
    return answering != null;
  }

  String name() {
    return sources.name();
  }

  /** Returns the training images as pictures. */
  Dataset images() {
    return images;
  }

  /** Returns what can be asked about. */
  RunTargets targets() {
    return targets;
  }

  /** Returns what answers; null where it is not finished. */
  Answering answering() {
    return answering;
  }

  /** Returns what is not there yet, in a sentence; null where all is. */
  String missing() {
    return missing;
  }

  /**
   * Returns the checkpoints that are asked.
   *
   * @throws Refused if the features are not finished
   */
  OpenCheckpoints checkpoints() {
    Answering now = answering;
    if (now == null) {
      throw new Refused(409, missing);
    }
    return now.checkpoints();
  }

  @Override
  public void close() {
    if (answering != null) {
      answering.checkpoints().close();
    }
    targets.close();
  }
}
