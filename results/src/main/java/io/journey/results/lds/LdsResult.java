package io.journey.results.lds;

import io.journey.results.EvaluationResult;
import java.util.List;

/** Writes the result of LDS for a reader. */
public final class LdsResult {
  /** LDS by estimator and step. */
  public static final String TABLE = "lds.csv";

  private LdsResult() {}

  /** Judges predictions: {@link Lds} of each, with intervals, differences and the ceiling. */
  public static EvaluationResult.Draft of(GroundTruth truth, List<Prediction> predictions) {
    Lds lds = Lds.of(truth, predictions);
    Ceiling ceiling = Ceiling.of(truth);
    LdsTables tables = new LdsTables(truth, lds, ceiling);
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
    if (ceiling != null) {
      draft.table("ceiling.csv", tables.ceiling());
    }
    draft.table("power.csv", LdsPower.table(LdsPower.of(truth, predictions, tables.deciding())));
    draft.table("damping.csv", tables.dampings(predictions));
    return draft.figure("lds", tables.figure());
  }
}
