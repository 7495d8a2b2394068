package io.journey.evaluation.removal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.evaluation.Redrawing;
import io.journey.figure.Figure;
import io.journey.model.Checkpoint;
import io.journey.run.Counted;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import io.journey.sampling.Trajectory;
import java.util.List;

/**
 * Whether a model trained without some images still draws the same picture from the same start and
 * noise (Georgiev et al., section 5.5 and figure 7).
 *
 * @param study what is removed
 */
public record ForgetCheck(RemovalStudy study) implements Stage<RemovalTable> {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-forget";

  /** One line for each target and set of images. */
  public static final String TABLE = "forget.csv";

  /** The figure of means over the number of removed images. */
  public static final String FIGURE = "removed";

  /** The figure of pictures before and after. */
  public static final String PICTURES = "pictures";

  private static final String QUANTITY = "l2";

  public ForgetCheck {
    requireNonNull(study, "study");
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    return new RemovalStudy.Settings(study.config(), study.training(), null, null, null);
  }

  @Override
  public ObjectNode inputs() {
    return study.inputs();
  }

  @Override
  public void check() {
    study.check();
  }

  /** Trains and draws what is missing, and compares. */
  @Override
  public RemovalTable run(StageWork work) {
    try (Checkpoint original = study.ensemble().first()) {
      List<Trajectory> targets = study.targets();
      List<Removal> removals = study.removals(original, targets);
      RedrawnPicture measure =
          new RedrawnPicture(
              new Redrawing(study.sampler(original), targets, study.encoders().codec()));
      RemovalTable table = study.run(work, measure, removals);
      if (!work.isFinished()) {
        report(table)
            .draft(
                "Forgetting a picture",
                "Do models trained without the images with the highest scores still sample the picture?",
                TABLE,
                QUANTITY,
                warnings())
            .settings(work.settings())
            .figure(FIGURE, chart(table))
            .figure(PICTURES, new ForgottenPictures(work, measure, study).grid(removals))
            .write(work);
        work.finish();
      }
      return table;
    }
  }

  private Figure chart(RemovalTable table) {
    return report(table)
        .chart(
            "Change of an image sampled from the same noise by a model trained without some images"
                + " (mean over "
                + Counted.of(study.config().targets(), "targets")
                + " ± standard error)",
            "ℓ2 distance from the original, pixels in [−1, 1]",
            false);
  }

  private RemovalReport report(RemovalTable table) {
    return new RemovalReport("the ℓ2 distance of pictures", study, table);
  }

  /** Returns the findings, in sentences. */
  public List<String> sentences(RemovalTable table) {
    return report(table).sentences();
  }

  /** Returns warnings that belong to the result. */
  public List<String> warnings() {
    return study.warnings();
  }
}
