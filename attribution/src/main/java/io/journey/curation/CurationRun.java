package io.journey.curation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.features.FeatureStore;
import io.journey.results.TrainingImages;
import io.journey.results.curation.Curation;
import io.journey.results.curation.Signals;
import io.journey.results.curation.Suspect;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.FileStage;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.run.WholeTask;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.MeanScores;
import io.journey.score.ScoringEngine;
import io.journey.statistics.NearDuplicates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Finds training images that a person should look at, by the scores of all for one another. First
 * what needs a decomposition is computed, checkpoint by checkpoint; then some rows of scores at a
 * time, of which the closest images and means remain.
 *
 * @param features of the training images
 * @param estimator linear, so that scores for one another are symmetric
 * @param damping without meaning for estimators that have none
 * @param pictures the same images as pictures
 * @param supporters number of closest images that are asked about one, at least 3
 * @param similarity correlation of pixels from which on two images are near-duplicates
 * @param listed most suspects of an issue but of near-duplicates, all of which are listed
 * @param rows images that are compared with all at once
 */
public record CurationRun(
    FeatureStore features,
    Estimator estimator,
    Damping damping,
    Dataset pictures,
    int supporters,
    double similarity,
    int listed,
    int rows)
    implements FileStage<Curation> {
  /** Supporters of an image where nothing else is said. */
  public static final int DEFAULT_SUPPORTERS = 20;

  /** Suspects of an issue where nothing else is said. */
  public static final int DEFAULT_LISTED = 100;

  private record Settings(
      String estimator, Double damping, int supporters, double similarity, int listed) {}

  public CurationRun {
    if (supporters < 3) {
      throw new SettingException("supporters of an image must be at least 3, got " + supporters);
    }
    if (listed < 1) {
      throw new SettingException("listed suspects must be at least 1, got " + listed);
    }
  }

  /**
   * Makes one.
   *
   * @param data the training images, as a user names them
   * @throws JourneyException if the features were made from other images
   */
  public static CurationRun of(
      FeatureStore features,
      Estimator estimator,
      Damping damping,
      Dataset data,
      int supporters,
      double similarity,
      int listed) {
    Dataset pictures = TrainingImages.of(features.manifest(), features.size(), data);
    return new CurationRun(
        features,
        estimator,
        damping,
        pictures,
        supporters,
        similarity,
        listed,
        MutualScores.rowsAtOnce(features));
  }

  @Override
  public String kind() {
    return Curation.KIND;
  }

  @Override
  public Record settings() {
    Double c = estimator.needs().damped() ? damping.c() : null;
    return new Settings(estimator.name(), c, supporters, similarity, listed);
  }

  @Override
  public ObjectNode inputs() {
    return TrainingImages.inputs(features.manifest(), pictures)
        .put("features", features.fingerprint());
  }

  @Override
  public void check() {
    ScoringEngine.requirePossible(features, List.of(new ScoringEngine.Request(estimator, damping)));
    if (!estimator.isLinear()) {
      throw new JourneyException(
          "The scores by "
              + estimator.name()
              + " are not the same both ways between two images: curate by an estimator that is linear,"
              + " such as ek-fac or journey-trak.");
    }
    if (features.size() <= supporters) {
      throw new JourneyException(
          features.manifest().directory()
              + " has "
              + Counted.of(features.size(), "images")
              + ", too few for "
              + supporters
              + " supporters of each: ask for fewer, or curate more images.");
    }
  }

  @Override
  public Curation open(Path directory) {
    return Curation.open(directory);
  }

  @Override
  public void write(StageWork work) {
    List<MutualScores> checkpoints =
        features.checkpointNames().stream()
            .map(member -> new MutualScores(features, estimator, damping, member))
            .toList();
    work.runWhole(checkpoints);
    int[] classes = classes();
    List<Block> blocks =
        IntStream.range(0, (features.size() + rows - 1) / rows)
            .mapToObj(b -> new Block(checkpoints, classes, supporters, b * rows, rows))
            .toList();
    work.runWhole(blocks);
    Neighbours[] neighbours =
        blocks.stream()
            .flatMap(block -> Arrays.stream(Neighbours.read(work.path(block.file()))))
            .toArray(Neighbours[]::new);
    int[] clusters = NearDuplicates.clusters(pictures, similarity, work.progress());
    Suspicions found =
        new Suspicions(
            features.examples(),
            pictures.classNames(),
            classes,
            neighbours,
            selfInfluence(checkpoints, work),
            Copies.of(pictures, clusters));
    List<Signals> signals = found.signals();
    write(work, Curation.SIGNALS, Csv.table(Signals.class, signals));
    List<Suspect> suspects = found.suspects(signals, listed);
    List<Suspect.Line> lines = suspects.stream().map(Suspect::line).toList();
    write(work, Curation.SUSPECTS, Csv.table(Suspect.Line.class, lines));
    ObjectNode json = Json.object();
    json.set(Curation.LIST, Json.tree(suspects));
    work.write(Curation.JSON, out -> out.write(Json.bytes(json)));
  }

  private static void write(StageWork work, String name, String text) {
    work.write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns each image's score for itself over the mean of all, the mean over checkpoints. */
  private static double[] selfInfluence(List<MutualScores> checkpoints, StageFiles files) {
    double[] mean = new double[checkpoints.get(0).features().size()];
    for (MutualScores checkpoint : checkpoints) {
      double[] self = checkpoint.self(files);
      double all = Arrays.stream(self).sum() / self.length;
      for (int i = 0; i < mean.length; i++) {
        mean[i] += all > 0 ? self[i] / all / checkpoints.size() : 0;
      }
    }
    return mean;
  }

  /** Returns the number of each image's class, −1 where it has none. */
  private int[] classes() {
    return IntStream.range(0, pictures.size())
        .map(i -> pictures.condition(i).classNumber().orElse(-1))
        .toArray();
  }

  /**
   * The neighbours of some images.
   *
   * @param classes the number of each image's class, −1 where it has none, [N]
   * @param from the first of them
   * @param most of them, fewer at the end
   */
  private record Block(
      List<MutualScores> checkpoints, int[] classes, int supporters, int from, int most)
      implements WholeTask {
    @Override
    public String file() {
      return String.format(Locale.ROOT, "block-%08d.safetensors", from);
    }

    @Override
    public void run(StageFiles files, RunContext context) {
      FeatureStore features = checkpoints.get(0).features();
      int count = Math.min(most, features.size() - from);
      String title =
          String.format(Locale.ROOT, "Comparing images %,d to %,d", from + 1L, (long) from + count);
      MeanScores mean = new MeanScores(count);
      try (Progress.Task task =
          context.progress().start(title, checkpoints.size(), "checkpoints")) {
        for (MutualScores checkpoint : checkpoints) {
          double[] lengths = checkpoint.self(files);
          Arrays.setAll(lengths, i -> lengths[i] > 0 ? 1 / Math.sqrt(lengths[i]) : 0);
          double[][] rows = checkpoint.rows(files, from, count, context);
          for (int r = 0; r < count; r++) {
            float[] closeness = new float[rows[r].length];
            for (int j = 0; j < closeness.length; j++) {
              closeness[j] = (float) (rows[r][j] * lengths[from + r] * lengths[j]);
            }
            mean.add(r, closeness);
          }
          task.advance(1);
        }
      }
      float[][] closeness = mean.over(checkpoints.size());
      int classCount = Arrays.stream(classes).max().orElse(-1) + 1;
      Neighbours[] found = new Neighbours[count];
      context
          .workers()
          .forEach(
              count,
              r ->
                  found[r] =
                      Neighbours.of(from + r, closeness[r], classes, classCount, supporters));
      files.write(file(), Neighbours.file(found)::writeTo);
    }
  }
}
