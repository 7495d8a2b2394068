package io.journey.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.report.AttributionReport;
import io.journey.report.Findings;
import io.journey.report.TargetImages;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.Json;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.sampling.TrajectoryFile;
import io.journey.score.Attributor;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Preset;
import java.nio.file.Path;
import java.util.List;

/**
 * The whole way from nothing: two models are trained on garments, and draw.
 *
 * @param images training images
 * @param steps training steps of each model
 * @param targets images that are sampled and attributed
 */
record FashionQuickstart(Console console, long seed, int images, int steps, int targets) {
  private static final int MEMBERS = 2;
  private static final int INFERENCE_STEPS = 50;
  private static final int DRAWS = 10;
  private static final String AGAIN = "-again";

  void run(QuickstartStages stages) {
    Dataset data = Datasets.open(ShippedData.folder("fashion-mnist") + "?size=16&limit=" + images);
    Preset preset = Preset.SMALL;
    Path checkpoints = stages.place("checkpoints");
    Ensemble ensemble =
        stages.run(
            "train",
            checkpoints,
            () ->
                new EnsembleTrainer(
                        data,
                        preset.model(data.shape()),
                        preset.training(data.size()).withSteps(steps),
                        MEMBERS,
                        seed,
                        EnsembleTrainer.SAVE_INTERVAL)
                    .run(checkpoints, console.context()));
    Path drawn = stages.place("targets.safetensors");
    stages.run("sample", drawn, () -> sample(ensemble, drawn));
    Attribution attribution = attribute(stages, ensemble, data, drawn, seed, "");
    Path page = stages.place("report.html");
    AttributionReport.write(stages.place("attribution"), data, page);
    stages.tellFirst(page);
    console.say("Asking again with other random draws, to tell on it how much is chance ...");
    attribute(stages, ensemble, data, drawn, seed + 1, AGAIN);
    List<String> findings =
        stages.run(
            "report",
            page,
            () -> {
              AttributionReport.write(
                  stages.place("attribution"), stages.place("attribution" + AGAIN), data, page);
              return Findings.of(attribution, data, TargetImages.of(attribution));
            });
    ObjectNode settings = Json.object().put("seed", seed);
    settings.put("images", images).put("steps", steps).put("targets", targets);
    stages.writeManifest(settings.put("data", data.fingerprint()));
    stages.tell(page, findings);
  }

  /** Features and scores, in folders whose names end alike. */
  private Attribution attribute(
      QuickstartStages stages,
      Ensemble ensemble,
      Dataset data,
      Path drawn,
      long featureSeed,
      String suffix) {
    FeaturizerConfig config = FeaturizerConfig.defaults().withDraws(DRAWS).withSeed(featureSeed);
    FeatureStore features =
        stages.featurize(
            "featurize" + suffix, "features" + suffix, Featurizer.of(config, ensemble, data));
    Path scores = stages.place("attribution" + suffix);
    return stages.run(
        "attribute" + suffix,
        scores,
        () ->
            Attributor.of(ensemble, features)
                .withSeed(featureSeed)
                .stage(TrajectoryFile.read(drawn), Timesteps.parse("100:900:100"))
                .run(scores, console.context()));
  }

  private boolean sample(Ensemble ensemble, Path drawn) {
    try (Checkpoint checkpoint = ensemble.first()) {
      return new SamplingRun(Sampler.of(checkpoint, INFERENCE_STEPS), seed, targets)
          .run(drawn, console.context());
    }
  }
}
