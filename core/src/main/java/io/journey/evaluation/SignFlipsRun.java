package io.journey.evaluation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.evaluation.SignFlips.AtK;
import io.journey.evaluation.SignFlips.Flip;
import io.journey.features.ExampleTable;
import io.journey.figure.Figures;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.score.Attribution;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes {@link SignFlips} as a run directory.
 *
 * @param attribution finished, on disk
 * @param ks each K at least 1 and at most N/2
 */
public record SignFlipsRun(Attribution attribution, List<Integer> ks) {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-flips";

  /** One line for each K. */
  public static final String TABLE = "flips.csv";

  /** One line for each target: the image that pushes both ways most. */
  public static final String EXAMPLES = "examples.csv";

  private static final List<Integer> USUAL =
      List.of(1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100);

  public SignFlipsRun {
    ks = ks.stream().distinct().sorted().toList();
  }

  /** With the K of the paper's figure that the training images are enough for. */
  public static SignFlipsRun of(Attribution attribution) {
    int most = attribution.size() / 2;
    return new SignFlipsRun(attribution, USUAL.stream().filter(k -> k <= most).toList());
  }

  /** Searches, and writes what is found unless the directory holds it already. */
  public SignFlips run(Path directory, int threads, Progress progress) {
    SignFlips.check(attribution, ks);
    ObjectNode settings = Json.object();
    settings.set("top", Json.tree(ks));
    ObjectNode inputs = Json.object();
    inputs.put("attribution", attribution.manifest().fingerprint());
    try (RunDirectory run = RunDirectory.claim(directory, KIND, settings, inputs)) {
      SignFlips found = SignFlips.of(attribution, ks, threads, progress);
      if (!run.isFinished()) {
        run.write(TABLE, out -> out.write(table(found).getBytes(StandardCharsets.UTF_8)));
        run.write(EXAMPLES, out -> out.write(examples(found).getBytes(StandardCharsets.UTF_8)));
        Figures.write(run, "flips", StepFigures.flips(found));
        Figures.write(run, "overlap", StepFigures.overlap(found));
        run.finish(Json.object().put("threads", threads));
      }
      return found;
    }
  }

  private static String table(SignFlips found) {
    StringBuilder csv =
        new StringBuilder(
            "top,share,standard_error,random_share,overlap,overlap_standard_error,"
                + "random_overlap\n");
    for (AtK at : found.curve()) {
      csv.append(at.k()).append(',').append(at.share().cells()).append(',');
      csv.append(Estimate.cell(at.randomShare())).append(',').append(at.overlap().cells());
      csv.append(',').append(Estimate.cell(at.randomOverlap())).append('\n');
    }
    return csv.toString();
  }

  private static String examples(SignFlips found) {
    StringBuilder csv =
        new StringBuilder(
            "target,example,id,class,highest_step,highest_rank,lowest_step,lowest_rank\n");
    for (Flip flip : found.flips()) {
      csv.append(flip.target()).append(',').append(flip.example()).append(',');
      csv.append(ExampleTable.quote(flip.id())).append(',');
      csv.append(ExampleTable.quote(flip.className())).append(',');
      csv.append(flip.highestStep()).append(',').append(flip.highestRank()).append(',');
      csv.append(flip.lowestStep()).append(',').append(flip.lowestRank()).append('\n');
    }
    return csv.toString();
  }
}
