package io.journey.results.lds;

import io.journey.results.EvaluationResult;
import io.journey.run.Counted;
import io.journey.run.Csv;
import java.util.ArrayList;
import java.util.List;

/** Writes the result of LDS for a reader. */
public final class LdsResult {
  /** LDS by estimator and step. */
  public static final String TABLE = "lds.csv";

  /** LDS by truth and estimator, where there are several truths. */
  public static final String TRUTHS = "truths.csv";

  /**
   * A ground truth and what estimators predict of it.
   *
   * @param name in tables; null: it is told from others by whose randomness its models have and
   *     what part of the data they saw
   */
  public record Judged(String name, GroundTruth truth, List<Prediction> predictions) {
    private String label() {
      return name == null ? truth.label() : name + " (" + truth.label() + ")";
    }

    private LdsTables tables() {
      return new LdsTables(truth, Lds.of(truth, predictions), Ceiling.of(truth));
    }
  }

  private LdsResult() {}

  /** Judges predictions: {@link Lds} of each, with intervals, differences and the ceiling. */
  public static EvaluationResult.Draft of(GroundTruth truth, List<Prediction> predictions) {
    return of(new Judged(null, truth, predictions), List.of());
  }

  /**
   * Judges predictions.
   *
   * @param first the truth that the result is of
   * @param beside others, of which the means over steps stand beside
   */
  public static EvaluationResult.Draft of(Judged first, List<Judged> beside) {
    GroundTruth truth = first.truth();
    LdsTables tables = first.tables();
    EvaluationResult.Draft draft =
        EvaluationResult.of(
            truth.isOfPictures() ? "LDS of the picture" : "LDS per step",
            truth.isOfPictures()
                ? "Do the scores predict how far the picture moves when models draw it again that were"
                    + " trained without some of the images?"
                : "Do the scores predict what models do that were trained without some of the images?");
    tables.sentences().forEach(draft::sentence);
    tables.warnings().forEach(draft::warning);
    draft.table(TABLE, tables.scores()).table("differences.csv", tables.differences());
    if (tables.hasCeiling()) {
      draft.table("ceiling.csv", tables.ceiling());
    }
    String additive = tables.additive();
    if (!additive.isEmpty()) {
      draft.table("additive.csv", additive);
    }
    if (!beside.isEmpty()) {
      List<List<LdsTables.ByTruth>> truths = new ArrayList<>();
      truths.add(tables.byTruth(first.label()));
      for (Judged other : beside) {
        List<LdsTables.ByTruth> of = other.tables().byTruth(other.label());
        draft.sentence(LdsTables.sentence(of));
        if (other.truth().checkpoints() > 0 && other.truth().checkpoints() != truth.checkpoints()) {
          draft.warning(
              other.label()
                  + ": its models have the seeds of "
                  + Counted.of(other.truth().checkpoints(), "checkpoints")
                  + ", the scores are those that the first ground truth judges.");
        }
        truths.add(of);
      }
      draft.table(
          TRUTHS,
          Csv.table(LdsTables.ByTruth.class, truths.stream().flatMap(List::stream).toList()));
      draft.figure("truths", LdsTables.figure(truths));
    }
    List<Prediction> predictions = first.predictions();
    draft.table("power.csv", LdsPower.table(LdsPower.of(truth, predictions, tables.deciding())));
    if (predictions.stream().anyMatch(one -> one.dampings().length > 1)) {
      draft.table("damping.csv", tables.dampings(predictions));
    }
    return draft.figure("lds", tables.figure());
  }
}
