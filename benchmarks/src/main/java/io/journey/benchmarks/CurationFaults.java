package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.benchmarks.FaultyGarments.Fault;
import io.journey.curation.CurationRun;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.embedding.Classifier;
import io.journey.embedding.ClassifierConfig;
import io.journey.embedding.ClassifierTrainer;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Ensemble;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.random.Seed;
import io.journey.results.ExampleTable;
import io.journey.results.curation.Curation;
import io.journey.results.curation.Signals;
import io.journey.run.AtomicFile;
import io.journey.run.Csv;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.RunDirectory;
import io.journey.score.Damping;
import io.journey.score.Estimators;
import io.journey.statistics.NearDuplicates;
import io.journey.tensor.Libtorch;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Preset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How well curation finds faults that were put in: {@code benchmarks/run CurationFaults --out DIR}
 * leaves {@code faults.csv} there. Every injection has garments, faults and a class-conditional
 * model of its own; scores by three estimators are judged beside two rivals that know no model, by
 * the same rules on cosines of pixels and of a classifier's vectors. Stages that are there are not
 * made again.
 */
@Command(name = "CurationFaults")
public final class CurationFaults implements Runnable {
  private static final String MEMBER = "vectors";

  /** EK-FAC, the paper's, and plain gradients; all others compare vectors. */
  private static final List<String> ESTIMATORS = List.of("ek-fac", "journey-trak", "tracin-dot");

  @Option(names = "--out", required = true)
  private Path out;

  @Option(names = "--injections", defaultValue = "4")
  private int injections;

  @Option(
      names = "--first",
      defaultValue = "0",
      description = "The first injection: several processes can make them, one tells of all.")
  private int first;

  @Option(names = "--garments", defaultValue = "1000")
  private int garments;

  @Option(
      names = "--each",
      defaultValue = "40",
      description = "Switched and foreign images; half as many copies.")
  private int each;

  @Option(names = "--checkpoints", defaultValue = "1")
  private int checkpoints;

  @Option(names = "--training-steps", defaultValue = "1000")
  private int steps;

  @Option(names = "--seed", defaultValue = "11")
  private long seed;

  /** What is asked, by the fault that it should find. */
  private enum Question {
    MISLABELS(Fault.SWITCHED, Signals::mislabels),
    MARGIN(Fault.SWITCHED, Signals::margin),
    SELF_INFLUENCE_OF_SWITCHED(Fault.SWITCHED, Signals::selfInfluence),
    FOREIGN(Fault.FOREIGN, Signals::foreign),
    SELF_INFLUENCE_OF_FOREIGN(Fault.FOREIGN, Signals::selfInfluence),
    AGAINST(Fault.FOREIGN, Signals::against),
    TWINS(Fault.COPIED, Signals::twins);

    private final Fault fault;
    private final ToDoubleFunction<Signals> score;

    Question(Fault fault, ToDoubleFunction<Signals> score) {
      this.fault = fault;
      this.score = score;
    }
  }

  /**
   * A line of the result.
   *
   * @param by the estimator, or what a rival compares
   * @param faults how many there are
   * @param precision of as many as there are
   * @param chance precision of an order by chance
   */
  private record Found(
      int injection,
      String question,
      String by,
      int faults,
      double averagePrecision,
      double precision,
      double chance) {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new CurationFaults()).execute(args));
  }

  @Override
  public void run() {
    List<Found> found = new ArrayList<>();
    try (RunContext context =
        RunContext.of(
            Libtorch.device(), Runtime.getRuntime().availableProcessors(), Progress.SILENT)) {
      for (int i = first; i < injections; i++) {
        judge(i, context, found);
        byte[] table = Csv.table(Found.class, found).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(out.resolve("faults.csv"), table);
        System.err.println("Injection " + (i + 1) + " of " + injections + " is judged.");
      }
    }
    System.out.println(Csv.table(Found.class, found));
  }

  private void judge(int injection, RunContext context, List<Found> found) {
    Path folder = out.resolve("injection-" + injection);
    Seed own = Seed.of(seed).child("faults").child(injection);
    FaultyGarments truth =
        FaultyGarments.write(folder.resolve("data"), garments, each, each / 2, own);
    Dataset data = Datasets.open(truth.folder() + "?size=16");
    Map<String, FeatureStore> stores = stores(folder, data, seed + injection, context);
    stores.forEach(
        (name, store) -> {
          String estimator = ESTIMATORS.contains(name) ? name : "tracin-dot";
          Curation curation =
              CurationRun.of(
                      store,
                      Estimators.named(estimator),
                      Damping.DEFAULT,
                      data,
                      CurationRun.DEFAULT_SUPPORTERS,
                      NearDuplicates.DEFAULT_CORRELATION,
                      CurationRun.DEFAULT_LISTED)
                  .run(folder.resolve("curation-" + name), context);
          for (Question question : Question.values()) {
            found.add(found(injection, name, question, curation.signals(), truth));
          }
        });
    Curation any = Curation.open(folder.resolve("curation-pixels"));
    found.add(clusters(injection, any.signals(), truth));
  }

  /** Features by what judges them. */
  private Map<String, FeatureStore> stores(
      Path folder, Dataset data, long own, RunContext context) {
    Preset preset = Preset.SMALL;
    Ensemble ensemble =
        new EnsembleTrainer(
                data,
                preset.model(data.shape()).withClasses(data.classNames().size()),
                preset.training(data.size()).withSteps(steps),
                checkpoints,
                own,
                EnsembleTrainer.SAVE_INTERVAL)
            .run(folder.resolve("checkpoints"), context);
    FeatureStore plain =
        Featurizer.of(FeaturizerConfig.defaults(PreconditionerConfig.NONE), ensemble, data)
            .run(folder.resolve("plain"), context);
    Map<String, FeatureStore> stores = new LinkedHashMap<>();
    stores.put(
        "ek-fac",
        Featurizer.of(FeaturizerConfig.defaults(), ensemble, data)
            .run(folder.resolve("features"), context));
    stores.put("journey-trak", plain);
    stores.put("tracin-dot", plain);
    stores.put("pixels", vectors(folder.resolve("pixels"), data, centred(data)));
    try (Classifier classifier =
        new ClassifierTrainer(data, ClassifierConfig.DEFAULT, own)
            .run(folder.resolve("classifier"), context)) {
      stores.put(
          "classifier", vectors(folder.resolve("vectors"), data, classifier.embed(data, context)));
    }
    return stores;
  }

  private static float[][] centred(Dataset data) {
    float[][] rows = new float[data.size()][data.shape().numel()];
    for (int i = 0; i < rows.length; i++) {
      data.read(i, rows[i], 0);
      double mean = 0;
      for (float value : rows[i]) {
        mean += value / rows[i].length;
      }
      for (int p = 0; p < rows[i].length; p++) {
        rows[i][p] -= (float) mean;
      }
    }
    return rows;
  }

  /** Vectors as if they were features, to be compared by their cosines. */
  private static FeatureStore vectors(Path folder, Dataset data, float[][] rows) {
    if (Files.exists(folder.resolve(Manifest.FILE))) {
      return FeatureStore.open(folder);
    }
    int k = rows[0].length;
    ObjectNode settings =
        Json.object().put("projection", "none").put("shard_rows", rows.length).put("seed", 0);
    settings.put("draws", 1);
    settings.put("parameters", "all").put("preconditioner", "none").put("function", "loss");
    ObjectNode inputs = data.inputs();
    inputs.putObject("checkpoints").put(MEMBER, MEMBER);
    try (RunDirectory run =
        RunDirectory.claim(folder, FeatureStore.KIND, FeatureStore.FORMAT, settings, inputs)) {
      byte[] examples = ExampleTable.of(data).getBytes(StandardCharsets.UTF_8);
      run.write(ExampleTable.FILE, file -> file.write(examples));
      float[] all = new float[rows.length * k];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(rows[i], 0, all, i * k, k);
      }
      run.write(MEMBER + "/shard-00000.npy", file -> Npy.write(file, all, rows.length, k));
      run.finish(Json.object());
    }
    return FeatureStore.open(folder);
  }

  private static Found found(
      int injection, String by, Question question, List<Signals> signals, FaultyGarments truth) {
    List<Signals> ranked =
        signals.stream()
            .filter(one -> !Double.isNaN(question.score.applyAsDouble(one)))
            .sorted(
                Comparator.comparingDouble((Signals one) -> -question.score.applyAsDouble(one))
                    .thenComparing(Signals::index))
            .toList();
    int faults = truth.count(question.fault);
    BitSet seen = new BitSet();
    int hits = 0;
    int early = 0;
    double precisions = 0;
    for (int r = 0; r < ranked.size(); r++) {
      int image = ranked.get(r).index();
      boolean hit = truth.faults().get(image) == question.fault;
      if (question.fault == Fault.COPIED) {
        int mate = truth.mates()[image];
        hit = hit && !seen.get(image) && signals.get(mate).id().equals(ranked.get(r).twin());
        if (hit) {
          seen.set(mate);
        }
      }
      if (hit) {
        hits++;
        early += r < faults ? 1 : 0;
        precisions += (double) hits / (r + 1);
      }
    }
    String name = question.name().toLowerCase(Locale.ROOT).replace('_', '-');
    double chance = question.fault == Fault.COPIED ? 1.0 / signals.size() : share(signals, faults);
    return new Found(
        injection, name, by, faults, precisions / faults, (double) early / faults, chance);
  }

  private static double share(List<Signals> signals, int faults) {
    return (double) faults / signals.size();
  }

  /**
   * Of clusters by pixels: precision of all that are found, and as average precision their recall.
   */
  private static Found clusters(int injection, List<Signals> signals, FaultyGarments truth) {
    int right = 0;
    int all = 0;
    for (Signals one : signals) {
      if (!one.duplicateOf().isEmpty()) {
        int mate = truth.mates()[one.index()];
        right += mate >= 0 && signals.get(mate).id().equals(one.duplicateOf()) ? 1 : 0;
        all++;
      }
    }
    int faults = truth.count(Fault.COPIED);
    return new Found(
        injection,
        "duplicates",
        "pixels",
        faults,
        (double) right / faults,
        all == 0 ? 0 : (double) right / all,
        1.0 / signals.size());
  }
}
