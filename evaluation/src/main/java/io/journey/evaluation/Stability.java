package io.journey.evaluation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.diffusion.OutputFunction;
import io.journey.encoding.Encoders;
import io.journey.encoding.Encoding;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.figure.LineChart;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.AttributionAgreement;
import io.journey.results.AttributionAgreement.AtStep;
import io.journey.results.EvaluationResult;
import io.journey.results.Timesteps;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.RunDirectory;
import io.journey.run.SettingException;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Asks twice and compares the answers: scores are random, by the draws of training features, by
 * their projection, and by the draws of targets. For every number of draws it makes two sets of
 * features with independent seeds, attributes the same targets with both, and with one of them
 * again with other draws of the targets.
 *
 * @param ensemble the checkpoints
 * @param data their training images; of checkpoints that see an encoding of them, it is made where
 *     there is none yet, once for all features
 * @param targets what is attributed
 * @param steps at which
 * @param features how features are made; its draws and seed are replaced
 * @param draws R of the sets to compare
 * @param damping c
 * @param targetDraws k'
 */
public record Stability(
    Ensemble ensemble,
    Dataset data,
    List<Trajectory> targets,
    Timesteps steps,
    FeaturizerConfig features,
    List<Integer> draws,
    double damping,
    int targetDraws)
    implements Stage<List<Stability.Line>> {
  /** The result: one line for each number of draws, kind of comparison and step. */
  public static final String TABLE = "stability.csv";

  /** With fewer targets than this another choice of them may tell another story. */
  private static final int FEW = 5;

  /** The kind of run directory. */
  public static final String KIND = "stability";

  /** The randomness that two answers differ in. */
  public enum Compared {
    /** Two sets of features, the same draws of targets. */
    FEATURES,
    /** The same features, two sets of draws of targets. */
    TARGETS
  }

  /**
   * A line of the table.
   *
   * @param draws R
   */
  public record Line(int draws, Compared compared, AtStep agreement) {}

  public Stability {
    if (draws.isEmpty() || draws.stream().anyMatch(r -> r < 1)) {
      throw new SettingException(
          "stability needs one or more numbers of draws, each at least 1, got " + draws);
    }
    draws = List.copyOf(draws);
  }

  private record Settings(
      List<Integer> draws,
      String projection,
      String drawScheme,
      String parameters,
      String preconditioner,
      String function,
      double damping,
      int targetDraws,
      int[] timesteps) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    OutputFunction function = features.function();
    return new Settings(
        draws,
        features.projection().toString(),
        features.sampling().name(),
        features.parameters().toString(),
        features.preconditioner().toString(),
        function == OutputFunction.LOSS ? null : function.toString(),
        damping,
        targetDraws,
        steps.among(targets.get(0).timesteps()));
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs =
        Encoders.missingEncoding(ensemble, data).map(Encoding::dataInputs).orElseGet(data::inputs);
    inputs.put("targets", targets.size());
    return inputs.put(
        "trajectories", Trajectory.fingerprint(targets, steps.among(targets.get(0).timesteps())));
  }

  /**
   * Makes what is missing and compares. The features and scores stay in folders of the directory,
   * so that further work continues where it was interrupted.
   *
   * @return the lines of {@link #TABLE}
   */
  @Override
  public List<Line> run(StageWork work) {
    Dataset seen =
        Encoders.missingEncoding(ensemble, data)
            .<Dataset>map(encoding -> work.run(encoding, Encoding.FOLDER))
            .orElse(data);
    List<Line> lines = new ArrayList<>();
    for (int r : draws) {
      lines.addAll(compare(work, seen, r, "draws-" + r));
    }
    if (!work.isFinished()) {
      result(lines).settings(work.settings()).write(work);
      work.timing().set("feature_seconds", featureSeconds(work.directory()));
      work.finish();
    }
    return lines;
  }

  private List<Line> compare(StageWork work, Dataset seen, int r, String folder) {
    Attribution first = attribute(work, seen, folder, r, 0, 0);
    Attribution otherFeatures = attribute(work, seen, folder, r, 1, 0);
    Attribution otherTargets = attribute(work, seen, folder, r, 0, 1);
    List<Line> lines = new ArrayList<>();
    for (AtStep step : AttributionAgreement.of(first, otherFeatures)) {
      lines.add(new Line(r, Compared.FEATURES, step));
    }
    for (AtStep step : AttributionAgreement.of(first, otherTargets)) {
      lines.add(new Line(r, Compared.TARGETS, step));
    }
    return lines;
  }

  private Attribution attribute(
      StageWork work, Dataset seen, String folder, int r, long featureSeed, long targetSeed) {
    FeatureStore store =
        work.run(
            Featurizer.of(features.withDraws(r).withSeed(featureSeed), ensemble, seen),
            folder + "/features-" + featureSeed);
    return work.run(
        Attributor.of(ensemble, store)
            .withDamping(damping)
            .withDraws(targetDraws)
            .withSeed(targetSeed)
            .stage(targets, steps),
        folder + "/attribution-" + featureSeed + "-" + targetSeed);
  }

  /** Returns the seconds that one set of features took, by number of draws. */
  private ObjectNode featureSeconds(Path directory) {
    ObjectNode seconds = Json.object();
    for (int r : draws) {
      Path file = Confined.file(directory, "draws-" + r + "/features-0/" + RunDirectory.TIMING);
      JsonFields told = new JsonFields(Json.read(file), file.toString());
      seconds.put(Integer.toString(r), told.number("seconds"));
    }
    return seconds;
  }

  private EvaluationResult.Draft result(List<Line> lines) {
    EvaluationResult.Draft result =
        EvaluationResult.of(
            "Two answers to one question", "How alike are the scores when asked again?");
    for (int r : draws) {
      List<AtStep> other = of(lines, r, Compared.FEATURES);
      result.sentence(
          String.format(
              Locale.ROOT,
              "Two sets of features with %s an image give scores that correlate by %.2f"
                  + " (Spearman, mean over steps) and share %.1f of their ten highest.",
              Counted.of(r, "draws"),
              other.stream().mapToDouble(AtStep::spearman).average().orElseThrow(),
              other.stream().mapToDouble(AtStep::top10).average().orElseThrow()));
    }
    if (targets.size() < FEW) {
      result.warning("Only " + Counted.of(targets.size(), "targets") + ": others may differ.");
    }
    return result.figure("stability", figure(lines)).table(TABLE, table(lines));
  }

  private static List<AtStep> of(List<Line> lines, int r, Compared compared) {
    return lines.stream()
        .filter(line -> line.draws() == r && line.compared() == compared)
        .map(Line::agreement)
        .toList();
  }

  private LineChart figure(List<Line> lines) {
    List<LineChart.Series> series = new ArrayList<>();
    for (Compared compared : Compared.values()) {
      for (int r : draws) {
        List<AtStep> at = of(lines, r, compared);
        String what = compared == Compared.TARGETS ? "other noise of targets" : "other features";
        LineChart.Series line =
            LineChart.Series.of(
                r + " draws, " + what,
                at.stream().mapToDouble(AtStep::step).toArray(),
                at.stream().mapToDouble(AtStep::spearman).toArray());
        series.add(compared == Compared.TARGETS ? line.withDashed(true) : line);
      }
    }
    return new LineChart(
            "Scores of two answers to one question",
            "step t",
            "Spearman correlation",
            series,
            List.of())
        .xReversed();
  }

  private static String table(List<Line> lines) {
    return Csv.table(
        Row.class,
        lines.stream()
            .map(
                line ->
                    new Row(
                        line.draws(),
                        line.compared().name().toLowerCase(Locale.ROOT),
                        line.agreement().step(),
                        line.agreement().spearman(),
                        line.agreement().top10(),
                        line.agreement().top100()))
            .toList());
  }

  /** A line of {@link #TABLE}. */
  private record Row(
      int draws,
      String compared,
      int timestep,
      @Csv.Format("%.4f") double spearman,
      @Csv.Format("%.2f") double top10,
      @Csv.Format("%.2f") double top100) {}
}
