package io.journey.evaluation.steps;

import io.journey.evaluation.steps.FeatureCurve.Interval;
import io.journey.evaluation.steps.FeatureCurve.Point;
import io.journey.results.EvaluationResult;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.statistics.Estimate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tables, figures and sentences of an emergence. */
record EmergenceResult(FeatureEmergence emergence, FeatureEmergence.Found found) {
  /** More figures nobody looks at. */
  private static final int SHOWN = 12;

  /**
   * The result.
   *
   * @param pictures where the continued drawings are
   */
  EvaluationResult.Draft draft(Path pictures) {
    int samples = emergence.drawing().samples();
    EvaluationResult.Draft result =
        EvaluationResult.of(
            "When features are decided",
            "At which timestep of sampling is a feature of an image decided?");
    boolean means = emergence.features().isEmpty() && found.curves().size() > 1;
    if (means) {
      result.figure("likelihood-mean", StepFigures.meanLikelihood(found.curves()));
    }
    for (FeatureCurve curve : found.curves().stream().limit(SHOWN).toList()) {
      result.sentence(sentence(curve));
    }
    int targets = emergence.drawing().targets().size();
    for (int target = 0; target < Math.min(SHOWN, targets); target++) {
      result.figure(
          String.format(Locale.ROOT, "likelihood-%03d", target),
          StepFigures.likelihood(curves(target)));
      result.figure(
          String.format(Locale.ROOT, "pictures-%03d", target),
          StepPictures.continuations(emergence.drawing(), pictures, target));
    }
    if (Math.max(targets, found.curves().size()) > SHOWN) {
      result.warning("Told and shown are the first " + SHOWN + "; the tables have all.");
    }
    result.warning("What is on a picture is said by " + emergence.classifier().name() + ".");
    result.warning(
        String.format(
            Locale.ROOT,
            "With %s a share has a standard error of up to %.1f %%: single steps rise and"
                + " fall by chance.",
            Counted.of(samples, "pictures"),
            50 / Math.sqrt(samples)));
    return result
        .table(FeatureEmergence.TABLE, likelihood())
        .table(FeatureEmergence.DECIDED, decided());
  }

  private List<FeatureCurve> curves(int target) {
    List<FeatureCurve> curves = new ArrayList<>(found.curves());
    curves.removeIf(curve -> curve.target() != target);
    return curves;
  }

  private String sentence(FeatureCurve curve) {
    return found.changes().isEmpty()
        ? curve.sentence()
        : curve.sentence() + " " + found.changes().get(curve.target()).sentence();
  }

  private String likelihood() {
    StringBuilder csv = new StringBuilder("target,step,feature,samples,share,standard_error\n");
    for (FeatureCurve curve : found.curves()) {
      for (Point point : curve.points()) {
        csv.append(curve.target()).append(',').append(point.step()).append(',');
        csv.append(Csv.quote(curve.feature())).append(',');
        csv.append(point.share().count()).append(',').append(point.share().cells()).append('\n');
      }
    }
    return csv.toString();
  }

  private String decided() {
    StringBuilder csv =
        new StringBuilder(
            "target,feature,final_class,rise_from,rise_to,rise,passage_from,passage_to,"
                + "scores_change_from,scores_change_to,scores_correlation\n");
    for (FeatureCurve curve : found.curves()) {
      Interval rise = curve.steepest();
      csv.append(curve.target()).append(',').append(Csv.quote(curve.feature())).append(',');
      csv.append(Csv.quote(found.finalClasses().get(curve.target()))).append(',');
      csv.append(cells(rise)).append(',');
      csv.append(
          rise == null ? "" : Estimate.cell(curve.shareAt(rise.to()) - curve.shareAt(rise.from())));
      csv.append(',').append(cells(curve.passage())).append(',');
      csv.append(found.changes().isEmpty() ? ",," : cells(found.changes().get(curve.target())));
      csv.append('\n');
    }
    return csv.toString();
  }

  private static String cells(Interval interval) {
    return interval == null ? "," : interval.from() + "," + interval.to();
  }

  private static String cells(ScoreChange change) {
    return String.format(
        Locale.ROOT, "%d,%d,%.6f", change.from(), change.to(), change.correlation());
  }
}
