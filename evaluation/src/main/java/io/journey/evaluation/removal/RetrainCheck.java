package io.journey.evaluation.removal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.embedding.Embedder;
import io.journey.figure.Figure;
import io.journey.model.Checkpoint;
import io.journey.run.Counted;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import java.util.ArrayList;
import java.util.List;

/**
 * How much the distribution p(·|x_t) of pictures changes when a model that was trained without some
 * images takes the place of the original for the steps τ with t ≥ τ > t − Δ (Georgiev et al.,
 * section 5.3 and figure 5).
 *
 * @param study what is removed
 * @param delta Δ
 * @param samples pictures from each distribution
 * @param embedder whose vectors' Fréchet distance is taken
 */
public record RetrainCheck(RemovalStudy study, int delta, int samples, Embedder embedder)
    implements Stage<RemovalTable> {
  /** The kind of run directory. */
  public static final String KIND = "evaluation-retrain";

  /** One line for each target and set of images. */
  public static final String TABLE = "retrain.csv";

  /** The figure of means over the number of removed images. */
  public static final String FIGURE = "removed";

  private static final String QUANTITY = "fid";

  public RetrainCheck {
    requireNonNull(study, "study");
    requireNonNull(embedder, "embedder");
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    return new RemovalStudy.Settings(
        study.config(),
        study.training(),
        delta,
        samples,
        new RemovalStudy.EmbedderSettings(embedder.name(), embedder.fingerprint()));
  }

  @Override
  public ObjectNode inputs() {
    return study.inputs();
  }

  @Override
  public void check() {
    study.check();
    try (Checkpoint original = study.ensemble().first()) {
      measure(original);
    }
  }

  private WindowDistance measure(Checkpoint original) {
    RemovalConfig config = study.config();
    return new WindowDistance(
        study.sampler(original),
        study.targets(),
        config.step(),
        delta,
        samples,
        config.seed(),
        embedder,
        study.encoders().codec());
  }

  /** Trains and draws what is missing, and compares. */
  @Override
  public RemovalTable run(StageWork work) {
    try (Checkpoint original = study.ensemble().first()) {
      List<Removal> removals = study.removals(original, study.targets());
      RemovalTable table = study.run(work, measure(original), removals);
      if (!work.isFinished()) {
        write(work, table);
        work.finish();
      }
      return table;
    }
  }

  private void write(StageWork run, RemovalTable table) {
    report(table)
        .draft(
            "Training again without the most influential images",
            "Do the images with the highest scores at a step decide what is sampled from there?",
            TABLE,
            QUANTITY,
            warnings())
        .settings(run.settings())
        .figure(FIGURE, chart(table))
        .write(run);
  }

  private Figure chart(RemovalTable table) {
    return report(table)
        .chart(
            "Change of p(·|x_t) at t = "
                + study.config().step()
                + " when a model trained without some images samples the steps next to it (mean over "
                + Counted.of(study.config().targets(), "targets")
                + " ± standard error)",
            "Fréchet distance above baseline, " + embedder.name(),
            true);
  }

  private RemovalReport report(RemovalTable table) {
    return new RemovalReport("the Fréchet distance", study, table);
  }

  /** Returns the findings, in sentences. */
  public List<String> sentences(RemovalTable table) {
    return report(table).sentences();
  }

  /** Returns warnings that belong to the result. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>(study.warnings());
    warnings.add(
        "Distances are of vectors by "
            + embedder.name()
            + ": they are comparable with a published FID only if that is its Inception network.");
    if (samples <= embedder.dim()) {
      warnings.add(
          samples
              + " pictures of each distribution are no more than the "
              + Counted.of(embedder.dim(), "numbers")
              + " of a vector: covariances are singular and distances too large; they are"
              + " comparable with each other alone.");
    }
    return warnings;
  }
}
