package io.journey.evaluation.steps;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.condition.ConditionColumn;
import io.journey.dataset.ImageShape;
import io.journey.encoding.Encoders;
import io.journey.evaluation.PictureSpace;
import io.journey.latent.LatentCodec;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.EvaluationResult;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import io.journey.sampling.Guidance;
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
 * @param guidance of all drawings
 * @param encoders of all models; the caller closes them
 */
public record SeedConsistency(
    Ensemble ensemble,
    int count,
    int inferenceSteps,
    long seed,
    int maxPairs,
    List<PictureSpace> spaces,
    List<Condition> conditions,
    Guidance guidance,
    Encoders.Opened encoders)
    implements Stage<Map<String, SeedDistances>> {
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

  private record Settings(
      int count,
      int inferenceSteps,
      long seed,
      int pairs,
      JsonNode labels,
      String guidance,
      Map<String, String> spaces) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = Json.object();
    inputs.set("checkpoints", drawing().models().fingerprints());
    if (encoders.codec() != LatentCodec.IDENTITY) {
      inputs.put("codec", encoders.codec().fingerprint());
    }
    if (encoders.text() != null) {
      inputs.put("text_encoder", encoders.text().fingerprint());
    }
    return inputs;
  }

  /** The members that pairs are of, rising. */
  private List<Integer> places() {
    TreeSet<Integer> used = new TreeSet<>();
    pairs().forEach(pair -> Arrays.stream(pair).forEach(used::add));
    return List.copyOf(used);
  }

  private EnsembleDrawing drawing() {
    List<String> members = places().stream().map(ensemble.checkpointNames()::get).toList();
    return new EnsembleDrawing(
        ensemble, members, count, inferenceSteps, seed, conditions, guidance, encoders);
  }

  /**
   * Draws what is missing and compares.
   *
   * @return distances by the name of their space
   */
  @Override
  public Map<String, SeedDistances> run(StageWork work) {
    EnsembleDrawing drawing = drawing();
    ImageShape shape = drawing.models().shape();
    List<Integer> places = places();
    drawing.run(work, work.context());
    float[][][] pictures = drawing.read(work, shape);
    List<int[]> among =
        pairs().stream().map(p -> Arrays.stream(p).map(places::indexOf).toArray()).toList();
    Map<String, SeedDistances> found = new LinkedHashMap<>();
    for (PictureSpace space : spaces) {
      float[][][] vectors = new float[pictures.length][][];
      for (int m = 0; m < vectors.length; m++) {
        vectors[m] = space.vectors(List.of(pictures[m]), shape);
      }
      found.put(space.name(), SeedDistances.of(space, drawing.members(), vectors, among));
    }
    if (!work.isFinished()) {
      result(found)
          .figure("pictures", StepPictures.sameNoise(drawing.members(), pictures, shape))
          .settings(work.settings())
          .write(work);
      work.finish();
    }
    return found;
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

  @Override
  public Record settings() {
    Map<String, String> prints = new LinkedHashMap<>();
    spaces.forEach(space -> prints.put(space.name(), space.fingerprint()));
    boolean plain = conditions.stream().allMatch(Condition::isNone);
    return new Settings(
        count,
        inferenceSteps,
        seed,
        pairs().size(),
        plain ? null : ConditionColumn.json(conditions),
        guidance.isNone() ? null : guidance.toString(),
        prints);
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
    List<Row> rows = new ArrayList<>();
    found.forEach(
        (space, distances) -> {
          distances.pairs().forEach(pair -> rows.add(Row.of(space, pair)));
          rows.add(Row.of(space, distances.all()));
        });
    return Csv.table(Row.class, rows);
  }

  /** A line of {@link #TABLE}. */
  private record Row(
      String space,
      String first,
      String second,
      double same,
      double sameStandardError,
      double different,
      double differentStandardError,
      double nearest,
      double nearestStandardError) {

    static Row of(String space, SeedDistances.Pair pair) {
      return new Row(
          space,
          pair.first(),
          pair.second(),
          pair.same().mean(),
          pair.same().standardError(),
          pair.different().mean(),
          pair.different().standardError(),
          pair.nearest().mean(),
          pair.nearest().standardError());
    }
  }
}
