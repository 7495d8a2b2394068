package io.journey.evaluation.steps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.condition.ConditionColumn;
import io.journey.evaluation.PictureSpace;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.EvaluationResult;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.SettingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Whether independently trained models draw the same picture from the same noise (Georgiev et al.,
 * appendix B.1 and figure B.1).
 *
 * @param ensemble two models or more
 * @param count pictures of each model, at least 2
 * @param inferenceSteps of a drawing
 * @param seed of all noise; picture n of a model is that of {@code journey sample} with this seed
 * @param maxPairs how many pairs of models are compared at most, chosen by the seed
 * @param spaces in which distances are measured
 * @param conditions of pictures, in turn
 */
public record SeedConsistency(
    Ensemble ensemble,
    int count,
    int inferenceSteps,
    long seed,
    int maxPairs,
    List<PictureSpace> spaces,
    List<Condition> conditions) {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-seeds";

  /** One line for each space and pair of models, the last of all pairs. */
  public static final String TABLE = "distances.csv";

  private static final int FEW = 10;

  public SeedConsistency {
    if (maxPairs < 1) {
      throw new SettingException("pairs must be at least 1, got " + maxPairs);
    }
    if (ensemble.checkpointNames().size() < 2) {
      throw new JourneyException(
          ensemble.directory()
              + " has one model, expected two or more of an ensemble: train more checkpoints.");
    }
    spaces = List.copyOf(spaces);
  }

  /**
   * Draws what is missing and compares.
   *
   * @return distances by the name of their space
   */
  public Map<String, SeedDistances> run(Path directory, int threads, Progress progress) {
    List<int[]> pairs = pairs();
    TreeSet<Integer> used = new TreeSet<>();
    pairs.forEach(pair -> Arrays.stream(pair).forEach(used::add));
    List<Integer> places = List.copyOf(used);
    List<String> members = places.stream().map(ensemble.checkpointNames()::get).toList();
    EnsembleDrawing drawing =
        new EnsembleDrawing(ensemble, members, count, inferenceSteps, seed, conditions);
    EnsembleDrawing.Models models = drawing.models();
    ObjectNode inputs = Json.object();
    inputs.set("checkpoints", models.fingerprints());
    try (RunDirectory run = RunDirectory.claim(directory, KIND, settings(), inputs)) {
      drawing.run(run, threads, progress);
      float[][][] pictures = drawing.read(run, models.shape());
      List<int[]> among =
          pairs.stream().map(p -> Arrays.stream(p).map(places::indexOf).toArray()).toList();
      Map<String, SeedDistances> found = new LinkedHashMap<>();
      for (PictureSpace space : spaces) {
        float[][][] vectors = new float[pictures.length][][];
        for (int m = 0; m < vectors.length; m++) {
          vectors[m] = space.vectors(List.of(pictures[m]), models.shape());
        }
        found.put(space.name(), SeedDistances.of(space, members, vectors, among));
      }
      if (!run.isFinished()) {
        result(found)
            .figure("pictures", StepPictures.sameNoise(members, pictures, models.shape()))
            .settings(settings())
            .write(run);
        run.finish(Json.object().put("threads", threads));
      }
      return found;
    }
  }

  /** Pairs of members in order, all or as many as asked for. */
  private List<int[]> pairs() {
    List<int[]> all = new ArrayList<>();
    for (int a = 0; a < ensemble.checkpointNames().size(); a++) {
      for (int b = a + 1; b < ensemble.checkpointNames().size(); b++) {
        all.add(new int[] {a, b});
      }
    }
    int[] order = Seed.of(seed).child("pairs").stream().permutation(all.size());
    return Arrays.stream(order).limit(maxPairs).sorted().mapToObj(all::get).toList();
  }

  private ObjectNode settings() {
    ObjectNode settings = Json.object().put("count", count);
    settings.put("inference_steps", inferenceSteps).put("seed", seed).put("pairs", pairs().size());
    if (!conditions.stream().allMatch(Condition::isNone)) {
      settings.set("labels", ConditionColumn.json(conditions));
    }
    ObjectNode prints = settings.putObject("spaces");
    spaces.forEach(space -> prints.put(space.name(), space.fingerprint()));
    return settings;
  }

  private EvaluationResult.Draft result(Map<String, SeedDistances> found) {
    EvaluationResult.Draft result =
        EvaluationResult.of(
            "Pictures from the same noise",
            "Do independently trained models sample the same image from the same noise?");
    for (PictureSpace space : spaces) {
      SeedDistances.Pair all = found.get(space.name()).all();
      int digits = all.different().mean() < 1 ? 3 : 2;
      result.sentence(
          String.format(
              Locale.ROOT,
              "Pictures of two models with the same noise are %s apart, with different noise %s"
                  + " (%s; %s of each).",
              all.same().text(digits),
              all.different().text(digits),
              space.unit(),
              Counted.of(count, "pictures")));
      result.sentence(
          String.format(
              Locale.ROOT,
              "%s of pictures have that with the same noise nearest to them, among %d of the other"
                  + " model (%s); by chance %.1f %%.",
              all.nearest().percent(),
              count,
              space.name(),
              100.0 / count));
      SeedDistances distances = found.get(space.name());
      result.figure("means-" + space.name(), StepFigures.meanDistances(space, distances));
      result.figure("spread-" + space.name(), StepFigures.spreadOfDistances(space, distances));
    }
    int compared = pairs().size();
    if (compared < FEW) {
      result.warning(
          "Only "
              + (compared == 1 ? "one pair" : compared + " pairs")
              + " of models: the standard errors are over noises and say nothing of other models.");
    }
    return result.table(TABLE, table(found));
  }

  private static String table(Map<String, SeedDistances> found) {
    StringBuilder csv =
        new StringBuilder(
            "space,first,second,same,same_standard_error,different,different_standard_error,"
                + "nearest,nearest_standard_error\n");
    found.forEach(
        (space, distances) -> {
          distances.pairs().forEach(pair -> append(csv, space, pair));
          append(csv, space, distances.all());
        });
    return csv.toString();
  }

  private static void append(StringBuilder csv, String space, SeedDistances.Pair pair) {
    csv.append(Csv.quote(space)).append(',').append(Csv.quote(pair.first())).append(',');
    csv.append(Csv.quote(pair.second()));
    csv.append(',').append(pair.same().cells()).append(',').append(pair.different().cells());
    csv.append(',').append(pair.nearest().cells()).append('\n');
  }
}
