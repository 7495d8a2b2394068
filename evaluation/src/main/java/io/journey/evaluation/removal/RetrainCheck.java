package io.journey.evaluation.removal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.embedding.Embedder;
import io.journey.figure.Figure;
import io.journey.model.Checkpoint;
import io.journey.run.Counted;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import java.nio.file.Path;
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
public record RetrainCheck(RemovalStudy study, int delta, int samples, Embedder embedder) {
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

  /**
   * Trains and draws what is missing, and compares.
   *
   * @param directory of the result, with {@link RemovalStudy#MODELS} unless they are elsewhere
   */
  public RemovalTable run(Path directory, int threads, Progress progress) {
    try (Checkpoint original = study.ensemble().first()) {
      List<Trajectory> targets = study.targets();
      List<Removal> removals = study.removals(original, targets);
      Sampler sampler = study.file().sampler(original);
      RemovalConfig config = study.config();
      WindowDistance measure =
          new WindowDistance(
              sampler, targets, config.step(), delta, samples, config.seed(), embedder);
      ObjectNode settings = study.settings();
      settings.put("delta", delta).put("samples", samples);
      settings.putObject("embedder").put("name", embedder.name());
      settings.withObject("embedder").put("fingerprint", embedder.fingerprint());
      ObjectNode inputs = study.inputs(original, targets);
      try (RunDirectory run = RunDirectory.claim(directory, KIND, settings, inputs)) {
        RemovalTable table = study.run(run, measure, removals, threads, progress);
        if (!run.isFinished()) {
          write(run, table, settings);
          run.finish(Json.object().put("threads", threads));
        }
        return table;
      }
    }
  }

  private void write(RunDirectory run, RemovalTable table, ObjectNode settings) {
    report(table)
        .draft(
            "Training again without the most influential images",
            "Do the images with the highest scores at a step decide what is sampled from there?",
            TABLE,
            QUANTITY,
            warnings())
        .settings(settings)
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
