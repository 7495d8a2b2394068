package io.journey.evaluation.steps;

import io.journey.evaluation.steps.FeatureCurve.Interval;
import io.journey.evaluation.steps.FeatureCurve.Point;
import io.journey.results.EvaluationResult;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.sampling.ContinuationRun;
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
   * @param pictures the continued drawings
   */
  EvaluationResult.Draft draft(ContinuationRun.Pictures pictures) {
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
          StepPictures.continuations(pictures, target, emergence.codec()));
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
    List<Likelihood> rows = new ArrayList<>();
    for (FeatureCurve curve : found.curves()) {
      for (Point point : curve.points()) {
        rows.add(
            new Likelihood(
                curve.target(),
                point.step(),
                curve.feature(),
                point.share().count(),
                point.share().mean(),
                point.share().standardError()));
      }
    }
    return Csv.table(Likelihood.class, rows);
  }

  /** A line of {@link FeatureEmergence#TABLE}. */
  private record Likelihood(
      int target, int timestep, String feature, int samples, double share, double standardError) {}

  private String decided() {
    return Csv.table(Decided.class, found.curves().stream().map(this::decided).toList());
  }

  /** A line of {@link FeatureEmergence#DECIDED}, null where nothing was found. */
  private record Decided(
      int target,
      String feature,
      String finalClass,
      Integer riseFrom,
      Integer riseTo,
      Double rise,
      Integer passageFrom,
      Integer passageTo,
      Integer scoresChangeFrom,
      Integer scoresChangeTo,
      Double scoresCorrelation) {}

  private Decided decided(FeatureCurve curve) {
    Interval rise = curve.steepest();
    Interval passage = curve.passage();
    ScoreChange change = found.changes().isEmpty() ? null : found.changes().get(curve.target());
    return new Decided(
        curve.target(),
        curve.feature(),
        found.finalClasses().get(curve.target()),
        rise == null ? null : rise.from(),
        rise == null ? null : rise.to(),
        rise == null ? null : curve.shareAt(rise.to()) - curve.shareAt(rise.from()),
        passage == null ? null : passage.from(),
        passage == null ? null : passage.to(),
        change == null ? null : change.from(),
        change == null ? null : change.to(),
        change == null ? null : change.correlation());
  }
}
