package io.journey.evaluation;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.Checkpoint;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.sampling.Trajectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether a model trained without some images still draws the same picture from the same start and
 * noise (Georgiev et al., section 5.5 and figure 7).
 *
 * @param study what is removed
 */
public record ForgetCheck(RemovalStudy study) {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-forget";

  /** One line for each target and set of images. */
  public static final String TABLE = "forget.csv";

  /** Means over targets. */
  public static final String SUMMARY = "summary.csv";

  private static final String QUANTITY = "l2";

  public ForgetCheck {
    requireNonNull(study, "study");
  }

  /**
   * Trains and draws what is missing, and compares.
   *
   * @param directory of the result, with {@link RemovalStudy#MODELS} unless they are elsewhere
   */
  public RemovalTable run(Path directory, int threads, Progress progress) {
    try (Checkpoint original = study.ensemble().first()) {
      List<Trajectory> targets = study.targets();
      List<Removal> removals = study.removals(original, targets);
      RedrawnPicture measure = new RedrawnPicture(study.file().sampler(original), targets);
      ObjectNode inputs = study.inputs(original, targets);
      try (RunDirectory run = RunDirectory.claim(directory, KIND, study.settings(), inputs)) {
        RemovalTable table = study.run(run, measure, removals, threads, progress);
        if (!run.isFinished()) {
          write(run, TABLE, table.csv(QUANTITY));
          write(run, SUMMARY, table.summaryCsv(QUANTITY));
          run.finish(Json.object().put("threads", threads));
        }
        return table;
      }
    }
  }

  private static void write(RunDirectory run, String name, String text) {
    run.write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** What was found, in sentences. */
  public List<String> sentences(RemovalTable table) {
    return new RemovalWords("the ℓ2 distance of pictures", study, table).sentences();
  }

  /** What must be told with it. */
  public List<String> warnings() {
    return study.warnings();
  }
}
