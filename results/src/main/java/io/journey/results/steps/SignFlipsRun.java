package io.journey.results.steps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.Attribution;
import io.journey.results.EvaluationResult;
import io.journey.results.steps.SignFlips.AtK;
import io.journey.results.steps.SignFlips.Flip;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.Json;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import java.util.List;
import java.util.Locale;

/**
 * Writes {@link SignFlips} as a run directory.
 *
 * @param attribution finished, on disk
 * @param ks each K at least 1 and at most N/2
 */
public record SignFlipsRun(Attribution attribution, List<Integer> ks) implements Stage<SignFlips> {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-flips";

  /** One line for each K. */
  public static final String TABLE = "flips.csv";

  /** One line for each target: the image that pushes both ways most. */
  public static final String EXAMPLES = "examples.csv";

  private static final List<Integer> USUAL =
      List.of(1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100);

  private static final int TOLD = 5;

  public SignFlipsRun {
    ks = ks.stream().distinct().sorted().toList();
  }

  /** With the K of the paper's figure that the training images are enough for. */
  public static SignFlipsRun of(Attribution attribution) {
    int most = attribution.size() / 2;
    return new SignFlipsRun(attribution, USUAL.stream().filter(k -> k <= most).toList());
  }

  private record Settings(List<Integer> top) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    return new Settings(ks);
  }

  @Override
  public ObjectNode inputs() {
    return Json.object().put("attribution", attribution.manifest().fingerprint());
  }

  @Override
  public void check() {
    SignFlips.check(attribution, ks);
  }

  /** Searches, and writes what is found unless the directory holds it already. */
  @Override
  public SignFlips run(StageWork work) {
    SignFlips found = SignFlips.of(attribution, ks, work.context());
    if (!work.isFinished()) {
      result(found).settings(work.settings()).write(work);
      work.finish();
    }
    return found;
  }

  private EvaluationResult.Draft result(SignFlips found) {
    AtK telling = found.mostTelling();
    EvaluationResult.Draft result =
        EvaluationResult.of(
                "Images that push both ways",
                "Does a training image that pushes most towards a target at one timestep push most against it at"
                    + " another?")
            .sentence(
                String.format(
                    Locale.ROOT,
                    "%s of %s %s an image among the %d highest scores at one step and"
                        + " among the %d lowest at another; with random scores %.0f %% would.",
                    telling.share().percent(),
                    Counted.of(attribution.targets(), "targets"),
                    attribution.targets() == 1 ? "has" : "have",
                    telling.k(),
                    telling.k(),
                    100 * telling.randomShare()))
            .sentence(
                String.format(
                    Locale.ROOT,
                    "Two steps share %s of their %s; random ones %.1f %%.",
                    telling.overlap().percent(),
                    Counted.of(telling.k(), "highest scores"),
                    100 * telling.randomOverlap()));
    found.flips().stream().limit(TOLD).map(Flip::sentence).forEach(result::sentence);
    result.warning(
        "Random scores are independent from step to step; real ones of neighbouring steps are not.");
    if (attribution.targets() < StepCorrelationRun.FEW) {
      result.warning(
          "Only "
              + Counted.of(attribution.targets(), "targets")
              + ": a share of so few says little.");
    }
    return result
        .figure("flips", ScoreFigures.flips(found))
        .figure("overlap", ScoreFigures.overlap(found))
        .table(TABLE, table(found))
        .table(EXAMPLES, Csv.table(Flip.class, found.flips()));
  }

  private static String table(SignFlips found) {
    return Csv.table(
        Row.class,
        found.curve().stream()
            .map(
                at ->
                    new Row(
                        at.k(),
                        at.share().mean(),
                        at.share().standardError(),
                        at.randomShare(),
                        at.overlap().mean(),
                        at.overlap().standardError(),
                        at.randomOverlap()))
            .toList());
  }

  /** A line of {@link #TABLE}. */
  private record Row(
      int top,
      double share,
      double standardError,
      double randomShare,
      double overlap,
      double overlapStandardError,
      double randomOverlap) {}
}
