package io.journey.evaluation.lds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.embedding.Embedder;
import io.journey.features.FeatureStore;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.results.ExampleTable;
import io.journey.results.NamedAttribution;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Prediction;
import io.journey.results.lds.Truth;
import io.journey.results.lds.Truths;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import io.journey.score.Estimator;
import io.journey.score.ScoringEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is judged by a {@link Truth}: estimators with the features they work with, and what stands
 * beside them.
 *
 * @param ensemble the checkpoints that are attributed
 * @param data the training images
 * @param targets those of the truth
 * @param estimators those to judge
 * @param features what they work with
 * @param rivals what stands beside them
 * @param codec decodes the targets, for similarity of pictures; closed by the caller
 * @param dampings c to choose from
 * @param draws of noise for each step of a target
 */
public record JudgedEstimators(
    Ensemble ensemble,
    Dataset data,
    List<Trajectory> targets,
    List<Estimator> estimators,
    List<Store> features,
    Rivals rivals,
    LatentCodec codec,
    double[] dampings,
    int draws) {
  /**
   * Features, and what tells the estimators that use them from those of other features.
   *
   * @param suffix of the estimators' names, such as " (k = 1024)", or ""
   */
  public record Store(String suffix, FeatureStore features) {}

  /**
   * What is judged beside the estimators, by name in the tables.
   *
   * @param embedders networks for similarity; closed by the caller
   * @param attributions scores of other runs
   * @param scores files of scores [steps, targets, N], NPY
   * @param oracle a ground truth of models without one image each, or null
   * @param patches sizes of NDA's patches to choose from, odd; none: no NDA
   */
  public record Rivals(
      Map<String, Embedder> embedders,
      List<NamedAttribution> attributions,
      Map<String, Path> scores,
      GroundTruth oracle,
      int[] patches) {
    /** None. */
    public static final Rivals NONE = new Rivals(Map.of(), List.of(), Map.of(), null, new int[] {});

    public Rivals {
      if (Arrays.stream(patches).anyMatch(size -> size < 1 || size % 2 == 0)) {
        throw new SettingException(
            "patches have odd sizes, got " + Arrays.toString(patches) + ": say 3,5,7 or so");
      }
      if (Arrays.stream(patches).distinct().count() < patches.length) {
        throw new SettingException(
            "each size of patches is said once, got " + Arrays.toString(patches));
      }
    }

    private List<String> names() {
      List<String> names = new ArrayList<>(embedders.keySet());
      attributions.forEach(named -> names.add(named.name()));
      names.addAll(scores.keySet());
      return names;
    }
  }

  private static final List<String> RESERVED =
      List.of("random", "leave-one-out", "caption-cosine", "pixel-cosine", "nda", "ek-fac + nda");

  /** The estimator whose mean with NDA is judged, too. */
  private static final String MIXED = "ek-fac";

  /** Shares of NDA tried in that mean. */
  private static final double[] SHARES = {0.1, 0.25, 0.5, 0.75};

  /** The dampings tried where nothing else is said. */
  public static final double[] DAMPINGS = {0.001, 0.01, 0.1, 1, 10, 100};

  /**
   * @throws SettingException if a damping is not positive
   * @throws JourneyException if features are of other data
   */
  public JudgedEstimators {
    if (dampings.length < 1 || Arrays.stream(dampings).anyMatch(c -> !(c > 0))) {
      throw new SettingException("dampings must be positive, got " + Arrays.toString(dampings));
    }
    for (Store each : features) {
      FeatureStore store = each.features();
      if (!store.dataFingerprint().equals(data.fingerprint())) {
        throw new JourneyException(
            store.manifest().directory()
                + " has features of other data than "
                + data.spec()
                + ": featurize it.");
      }
    }
  }

  /**
   * Refuses targets and steps that the checkpoints cannot be asked about, and scores made elsewhere
   * that are of others, before work is spent.
   *
   * @param steps t, rising
   * @throws JourneyException saying which
   */
  public void requireAsked(int[] steps) {
    ScoringEngine.requireAsked(ensemble, ensemble.checkpointNames(), targets, steps);
    List<ExampleTable.Example> examples = ExampleTable.examples(data);
    String trajectories = Trajectory.fingerprint(targets, steps);
    for (NamedAttribution named : rivals.attributions) {
      BaselinePredictions.requireOf(named, steps, targets.size(), examples, trajectories);
    }
    for (Path file : rivals.scores.values()) {
      ScoreFile.open(file, steps.length, targets.size(), data.size()).check();
    }
  }

  /**
   * Computes what all of them predict.
   *
   * @param truths of the same targets, steps and data
   * @return for each truth, one for each estimator
   */
  public List<List<Prediction>> predictions(List<? extends Truth> truths, RunContext context) {
    Truths truth = new Truths(truths);
    List<Prediction> all = new ArrayList<>();
    EstimatorPredictions estimated =
        new EstimatorPredictions(ensemble, targets, truth, draws, dampings, context);
    features.forEach(
        store -> all.addAll(estimated.predict(estimators, store.features(), store.suffix())));
    BaselinePredictions baselines = new BaselinePredictions(truth, data, targets, codec);
    Set<String> taken = new HashSet<>(RESERVED);
    all.forEach(one -> taken.add(one.name()));
    rivals.names().forEach(name -> requireFree(name, taken));
    rivals.attributions.forEach(named -> all.add(baselines.scored(named)));
    rivals.scores.forEach((name, file) -> all.add(baselines.scored(name, file)));
    if (rivals.oracle != null) {
      all.add(baselines.leaveOneOut(rivals.oracle));
    }
    all.add(baselines.pixels());
    if (rivals.patches.length > 0) {
      try (Checkpoint first = ensemble.first()) {
        all.add(baselines.patches(rivals.patches, first.schedule(), context));
      }
    }
    rivals.embedders.forEach(
        (name, embedder) -> all.add(baselines.embedded(embedder, name, context)));
    baselines.captions().ifPresent(all::add);
    all.add(baselines.random());
    return truth.apart(Prediction.merged(all)).stream().map(JudgedEstimators::mixed).toList();
  }

  /** With the mean of {@link #MIXED} and NDA, where both are there. */
  private static List<Prediction> mixed(List<Prediction> all) {
    Optional<Prediction> mixed = named(all, MIXED);
    Optional<Prediction> nda = named(all, BaselinePredictions.NDA);
    if (mixed.isEmpty() || nda.isEmpty()) {
      return all;
    }
    List<Prediction> with = new ArrayList<>(all);
    with.add(with.indexOf(nda.get()), mixed.get().with(nda.get(), SHARES));
    return with;
  }

  private static Optional<Prediction> named(List<Prediction> all, String name) {
    return all.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  private static void requireFree(String name, Set<String> taken) {
    if (name.isBlank() || !taken.add(name)) {
      throw new SettingException(
          "the name '" + name + "' is taken or empty: give other scores a name of their own");
    }
  }

  /** Returns the fingerprints of data, features and rivals, for a manifest. */
  public ObjectNode inputs() {
    ObjectNode inputs = Json.object();
    inputs.put("data", data.fingerprint());
    if (rivals.oracle != null) {
      inputs.put("leave_one_out", rivals.oracle.manifest().fingerprint());
    }
    ArrayNode stores = inputs.putArray("features");
    features.forEach(store -> stores.add(store.features().fingerprint()));
    ObjectNode networks = inputs.putObject("embedders");
    rivals.embedders.forEach((name, embedder) -> networks.put(name, embedder.fingerprint()));
    ObjectNode scores = inputs.putObject("attributions");
    rivals.attributions.forEach(named -> scores.put(named.name(), named.fingerprint()));
    if (!rivals.scores.isEmpty()) {
      ObjectNode files = inputs.putObject("scores");
      rivals.scores.forEach((name, file) -> files.put(name, Checksums.of(file)));
    }
    return inputs;
  }

  /**
   * What decides their scores beside their inputs, for a manifest.
   *
   * @param patches sizes of NDA's; null: no NDA
   * @param features settings of each store
   */
  public record Settings(
      List<String> estimators,
      double[] dampings,
      int draws,
      int[] patches,
      List<JsonNode> features) {}

  /** Returns what decides their scores beside their inputs, for a manifest. */
  public Settings settings() {
    return new Settings(
        estimators.stream().map(Estimator::name).toList(),
        dampings,
        draws,
        rivals.patches.length == 0 ? null : rivals.patches,
        features.stream().<JsonNode>map(store -> store.features().manifest().settings()).toList());
  }
}
