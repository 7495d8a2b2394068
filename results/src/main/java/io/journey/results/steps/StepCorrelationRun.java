package io.journey.results.steps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.Attribution;
import io.journey.results.EvaluationResult;
import io.journey.results.steps.StepCorrelation.AtDistance;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.Json;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import java.util.Locale;

/**
 * Writes a {@link StepCorrelation} as a run directory.
 *
 * @param attribution finished, on disk
 * @param seed chooses which other targets a target is compared with
 */
public record StepCorrelationRun(Attribution attribution, long seed)
    implements Stage<StepCorrelation> {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-timesteps";

  /** One line for each distance of steps. */
  public static final String TABLE = "correlation.csv";

  /** One line for each two steps. */
  public static final String MATRIX = "matrix.csv";

  /** With fewer targets than this a standard error is hardly one. */
  static final int FEW = 5;

  private record Settings(long seed, int partners) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    return new Settings(seed, StepCorrelation.PARTNERS);
  }

  @Override
  public ObjectNode inputs() {
    return Json.object().put("attribution", attribution.manifest().fingerprint());
  }

  /** Correlates, and writes it unless the directory holds it already. */
  @Override
  public StepCorrelation run(StageWork work) {
    StepCorrelation found = StepCorrelation.of(attribution, seed, work.context());
    if (!work.isFinished()) {
      result(found).settings(work.settings()).write(work);
      work.finish();
    }
    return found;
  }

  private EvaluationResult.Draft result(StepCorrelation found) {
    AtDistance near = found.distances().get(0);
    AtDistance far = found.distances().get(found.distances().size() - 1);
    int targets = attribution.targets();
    EvaluationResult.Draft result =
        EvaluationResult.of(
                "Scores over steps", "How alike are the scores of one picture at two steps?")
            .sentence(
                String.format(
                    Locale.ROOT,
                    "Scores at steps %d apart correlate by %s, at steps %d apart by %s (Spearman;"
                        + " %s, %s).",
                    near.distance(),
                    near.same().text(2),
                    far.distance(),
                    far.same().text(2),
                    Counted.of(targets, "targets"),
                    Counted.of(attribution.size(), "training images")));
    if (targets > 1) {
      result.sentence(
          String.format(
              Locale.ROOT,
              "The scores of two different targets at steps %d apart correlate by %s: so much is"
                  + " common to all targets.",
              near.distance(),
              near.other().text(2)));
    }
    if (targets < FEW) {
      result.warning(
          "Only " + Counted.of(targets, "targets") + ": standard errors over so few say little.");
    }
    return result
        .figure("correlation", ScoreFigures.correlation(found))
        .table(TABLE, table(found))
        .table(MATRIX, matrix(found));
  }

  private static String table(StepCorrelation found) {
    return Csv.table(
        OfDistance.class,
        found.distances().stream()
            .map(
                at ->
                    new OfDistance(
                        at.distance(),
                        at.same().mean(),
                        at.same().standardError(),
                        at.pairs(),
                        at.other().mean(),
                        at.other().standardError()))
            .toList());
  }

  /** A line of {@link #TABLE}. */
  private record OfDistance(
      int distance,
      double mean,
      double standardError,
      int pairs,
      double otherTargetMean,
      double otherTargetStandardError) {}

  private static String matrix(StepCorrelation found) {
    return Csv.table(
        OfSteps.class,
        found.matrix().stream()
            .map(
                at ->
                    new OfSteps(
                        at.step(),
                        at.otherStep(),
                        at.same().mean(),
                        at.same().standardError(),
                        at.other().mean(),
                        at.other().standardError()))
            .toList());
  }

  /** A line of {@link #MATRIX}. */
  private record OfSteps(
      int timestep,
      int otherTimestep,
      double mean,
      double standardError,
      double otherTargetMean,
      double otherTargetStandardError) {}
}
