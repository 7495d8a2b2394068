package io.journey.results.steps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.Attribution;
import io.journey.results.EvaluationResult;
import io.journey.results.steps.StepCorrelation.AtDistance;
import io.journey.results.steps.StepCorrelation.AtSteps;
import io.journey.run.Counted;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes a {@link StepCorrelation} as a run directory.
 *
 * @param attribution finished, on disk
 * @param seed chooses which other targets a target is compared with
 */
public record StepCorrelationRun(Attribution attribution, long seed) {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-timesteps";

  /** One line for each distance of steps. */
  public static final String TABLE = "correlation.csv";

  /** One line for each two steps. */
  public static final String MATRIX = "matrix.csv";

  /** With fewer targets than this a standard error is hardly one. */
  static final int FEW = 5;

  /** Correlates, and writes it unless the directory holds it already. */
  public StepCorrelation run(Path directory, int threads, Progress progress) {
    ObjectNode settings = Json.object().put("seed", seed);
    settings.put("partners", StepCorrelation.PARTNERS);
    ObjectNode inputs = Json.object();
    inputs.put("attribution", attribution.manifest().fingerprint());
    try (RunDirectory run = RunDirectory.claim(directory, KIND, settings, inputs)) {
      StepCorrelation found = StepCorrelation.of(attribution, seed, threads, progress);
      if (!run.isFinished()) {
        result(found).settings(settings).write(run);
        run.finish(Json.object().put("threads", threads));
      }
      return found;
    }
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
    StringBuilder csv =
        new StringBuilder(
            "distance,mean,standard_error,pairs,other_target_mean,other_target_standard_error\n");
    for (AtDistance at : found.distances()) {
      csv.append(at.distance()).append(',').append(at.same().cells()).append(',');
      csv.append(at.pairs()).append(',').append(at.other().cells()).append('\n');
    }
    return csv.toString();
  }

  private static String matrix(StepCorrelation found) {
    StringBuilder csv =
        new StringBuilder(
            "step,other_step,mean,standard_error,other_target_mean,other_target_standard_error\n");
    for (AtSteps at : found.matrix()) {
      csv.append(at.step()).append(',').append(at.otherStep()).append(',');
      csv.append(at.same().cells()).append(',').append(at.other().cells()).append('\n');
    }
    return csv.toString();
  }
}
