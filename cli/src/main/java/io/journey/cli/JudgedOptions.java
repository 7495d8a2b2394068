package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.embedding.Embedder;
import io.journey.embedding.Embedders;
import io.journey.encoding.Encoders;
import io.journey.evaluation.lds.JudgedEstimators;
import io.journey.features.FeatureStore;
import io.journey.latent.LatentCodec;
import io.journey.model.Ensemble;
import io.journey.results.NamedAttribution;
import io.journey.results.lds.GroundTruth;
import io.journey.sampling.Trajectory;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.Estimators;
import io.journey.score.ScoringEngine;
import io.journey.score.TargetDraws;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Estimators that a check judges, with their features, and what stands beside them. */
final class JudgedOptions {
  @Option(
      names = "--features",
      paramLabel = "DIR",
      description = {
        "Features of these checkpoints; again for features of another function or preconditioner, which"
            + " other estimators need.",
        "NAME=DIR tells several stores of one kind apart; stores that differ in the damping of ekfac"
            + " alone are its dampings to choose from."
      })
  private List<String> features = new ArrayList<>();

  @Option(
      names = "--estimators",
      split = ",",
      paramLabel = "NAME",
      completionCandidates = EstimatorNames.class,
      description =
          "Which estimators (default: all that the features serve): ${COMPLETION-CANDIDATES}. Similarity"
              + " of pixels, of captions where there are any, and chance are always beside them.")
  private List<String> estimators = new ArrayList<>();

  @Option(
      names = "--attribution",
      paramLabel = "NAME=DIR",
      description = {
        "Scores of the same targets that something else has computed; again for more.",
        "With ?over-steps behind it, those of the whole trajectory (attribute --over-steps)."
      })
  private List<String> attributions = new ArrayList<>();

  @Option(
      names = "--scores",
      paramLabel = "NAME=FILE",
      description =
          "Scores of the same targets from another program: an NPY file of numbers [steps, targets,"
              + " images], positive for images that lower f_t; again for more.")
  private Map<String, Path> scores = new LinkedHashMap<>();

  @Option(
      names = "--embedding",
      paramLabel = "NAME=SPEC",
      description = {
        "A network for similarity: classifier:DIR, clip:DIR, onnx:FILE or torchscript:FILE."
      })
  private Map<String, String> embeddings = new LinkedHashMap<>();

  @Option(
      names = "--patches",
      split = ",",
      paramLabel = "P",
      description =
          "Sizes of patches, odd, to choose from for NDA, which compares patches of P times P pixels and"
              + " knows no model (default: no NDA). It compares all pixels of a target with all of"
              + " the data: for small pictures, or few.")
  private int[] patches = {};

  @Option(
      names = "--target-draws",
      paramLabel = "K",
      description = "Draws of noise for each gradient of a target (default: 40).")
  @InRange(from = 1)
  private int targetDraws = TargetDraws.DEFAULT;

  @Option(
      names = "--dampings",
      split = ",",
      paramLabel = "C",
      description = "Dampings to choose from (default: 0.001,0.01,0.1,1,10,100).")
  @InRange(above = 0)
  private double[] dampings = JudgedEstimators.DAMPINGS;

  private List<JudgedEstimators.Store> stores;

  /** Refuses what cannot be read or judged, before work is spent. */
  void check(
      Ensemble ensemble,
      Dataset images,
      List<Trajectory> targets,
      int[] steps,
      GroundTruth oracle) {
    judge(
        ensemble,
        images,
        targets,
        oracle,
        all -> {
          all.requireAsked(steps);
          return null;
        });
  }

  /**
   * Opens what is judged for as long as a check runs.
   *
   * @param oracle a ground truth of models without one image each, or null
   * @return what the check returns
   */
  <T> T judge(
      Ensemble ensemble,
      Dataset images,
      List<Trajectory> targets,
      GroundTruth oracle,
      Function<JudgedEstimators, T> check) {
    Map<String, Embedder> embedders = new LinkedHashMap<>();
    try (LatentCodec codec = Encoders.of(ensemble).codec()) {
      embeddings.forEach((name, spec) -> embedders.put(name, Embedders.open(spec)));
      return check.apply(
          new JudgedEstimators(
              ensemble,
              images,
              targets,
              chosen(),
              stores(),
              new JudgedEstimators.Rivals(
                  embedders,
                  attributions.stream().map(NamedAttribution::parse).toList(),
                  scores,
                  oracle,
                  patches),
              codec,
              dampings,
              targetDraws));
    } finally {
      embedders.values().forEach(Embedder::close);
    }
  }

  /** Returns the stores of features, opened once. */
  List<JudgedEstimators.Store> stores() {
    if (stores != null) {
      return stores;
    }
    stores = new ArrayList<>();
    for (String text : features) {
      int equals = text.indexOf('=');
      String suffix = equals < 0 ? "" : " (" + text.substring(0, equals) + ")";
      stores.add(
          new JudgedEstimators.Store(
              suffix, FeatureStore.open(Path.of(text.substring(equals + 1)))));
    }
    return stores;
  }

  private List<Estimator> chosen() {
    List<Estimator> all =
        estimators.isEmpty()
            ? Estimators.all()
            : estimators.stream().map(Estimators::named).toList();
    for (JudgedEstimators.Store store : stores()) {
      ScoringEngine.requirePossible(
          store.features(),
          all.stream()
              .filter(e -> e.needs().isServedBy(store.features()))
              .map(e -> new ScoringEngine.Request(e, Damping.DEFAULT))
              .toList());
    }
    return all.stream()
        .filter(e -> stores.stream().anyMatch(store -> e.needs().isServedBy(store.features())))
        .toList();
  }
}
