package io.journey.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.dataset.ImageShape;
import io.journey.encoding.Encoders;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.report.AttributionReport;
import io.journey.report.Findings;
import io.journey.report.TargetImages;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.sampling.Guidance;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.scenes.Emoji;
import io.journey.scenes.Scene;
import io.journey.scenes.SceneMaker;
import io.journey.score.Attributor;
import io.journey.score.PixelMask;
import io.journey.text.TextEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The whole way in colour with words: a model that comes with Journey draws what prompts say, of
 * things that it never saw together, and is asked about the picture and about each half of it.
 *
 * @param images training images that are scored: all that the shipped model was trained on, or the
 *     first of them
 * @param targets images that are sampled and attributed
 */
record ScenesQuickstart(Console console, long seed, int images, int targets) {
  /** What the shipped model was trained on. */
  static final int SCENES = 2000;

  private static final long SCENES_SEED = 1;
  private static final int HELD_OUT = 100;

  /** Left for what a model is tuned to later. */
  private static final Set<String> NEVER_SHOWN = Set.of("kite", "owl");

  private static final int INFERENCE_STEPS = 50;
  private static final double GUIDANCE = 4;
  private static final int DRAWS = 6;
  private static final int TARGET_DRAWS = 20;
  private static final int WIDTH = 64;
  private static final int LAYERS = 2;
  private static final int HEADS = 4;
  private static final int TOKENS = 9;

  /** The whole picture, and each half of it; "" is the whole. */
  private static final List<String> PARTS = List.of("", "0,0,32,64", "32,0,32,64");

  void run(QuickstartStages stages) {
    Path shipped = ShippedData.folder("scenes");
    SceneMaker scenes =
        new SceneMaker(Emoji.open(shipped), SCENES_SEED, HELD_OUT, Set.of(), NEVER_SHOWN, Set.of());
    Path folder = stages.place("scenes");
    stages.run("scenes", folder, () -> write(scenes, folder));
    Dataset data = Datasets.open(folder.toString(), console.progress());
    Path pipeline = stages.place("pipeline");
    stages.run("pipeline", pipeline, () -> assemble(scenes.emoji(), shipped, pipeline));
    Ensemble ensemble = Ensemble.open(pipeline);
    Path drawn = stages.place("targets.safetensors");
    stages.run("sample", drawn, () -> sample(scenes, ensemble, drawn));
    FeaturizerConfig config = FeaturizerConfig.defaults().withDraws(DRAWS).withSeed(seed);
    FeatureStore features =
        stages.featurize("featurize", "features", Featurizer.of(config, ensemble, data));
    List<Trajectory> asked = read(ensemble, drawn);
    Attribution attribution = attribute(stages, ensemble, features, asked);
    Path page = stages.place("report.html");
    List<String> findings =
        stages.run(
            "report",
            page,
            () -> {
              AttributionReport.write(stages.place("attribution"), data, page);
              return Findings.of(attribution, data, TargetImages.of(attribution));
            });
    ObjectNode settings =
        Json.object().put("seed", seed).put("images", images).put("targets", targets);
    stages.writeManifest(settings.put("data", data.captioned().fingerprint()));
    stages.tell(page, findings);
  }

  private Path write(SceneMaker scenes, Path folder) {
    if (!Files.exists(folder.resolve(SceneMaker.CAPTIONS))) {
      scenes.write(folder, images, console.progress());
    }
    return folder;
  }

  /** Puts the shipped U-Net, the autoencoder and the text encoder of its words together. */
  private static Path assemble(Emoji emoji, Path shipped, Path pipeline) {
    Path text = pipeline.resolveSibling("text");
    if (!TextEncoder.isInPipeline(text)) {
      try (TextEncoder words =
          TextEncoder.random(Seed.of(0), vocabulary(emoji), WIDTH, LAYERS, HEADS, TOKENS)) {
        words.writeTo(text);
      }
    }
    Encoders encoders = new Encoders(ShippedData.folder("taef2"), text);
    try (Checkpoint checkpoint = Checkpoint.read(shipped.resolve("model"))) {
      checkpoint.export(
          pipeline, DType.F16, Long.MAX_VALUE, encoders.parts(DType.F16, Long.MAX_VALUE));
    }
    return pipeline;
  }

  private boolean sample(SceneMaker scenes, Ensemble ensemble, Path drawn) {
    try (Checkpoint checkpoint = ensemble.first();
        TextEncoder encoder = Encoders.of(ensemble).text();
        LatentCodec codec = Encoders.of(ensemble).codec()) {
      List<Condition> prompts =
          prompts(scenes).stream()
              .map(scene -> new Condition.Prompt(scene.caption()).resolve(encoder))
              .toList();
      Sampler sampler =
          Sampler.of(checkpoint, INFERENCE_STEPS).withGuidance(new Guidance(GUIDANCE), encoder);
      return new SamplingRun(sampler, seed, targets, prompts, codec).run(drawn, console.context());
    }
  }

  /** Scenes of pairs that were never shown together, each pair once, styles and places in turn. */
  private List<Scene> prompts(SceneMaker scenes) {
    List<Scene> heldOut = scenes.heldOut();
    int ofPair = 4;
    if (targets > heldOut.size() / ofPair) {
      throw new SettingException(
          "targets must be at most " + heldOut.size() / ofPair + ", got " + targets);
    }
    return IntStream.range(0, targets).mapToObj(n -> heldOut.get(ofPair * n + n % ofPair)).toList();
  }

  /** Captions with all words that captions of scenes may have. */
  private static List<String> vocabulary(Emoji emoji) {
    return emoji.names().stream()
        .flatMap(name -> Emoji.STYLES.stream().map(style -> new Scene(name, name, style)))
        .map(Scene::caption)
        .toList();
  }

  private static List<Trajectory> read(Ensemble ensemble, Path drawn) {
    TrajectoryFile file = TrajectoryFile.open(drawn);
    try (TextEncoder encoder = Encoders.of(ensemble).text()) {
      return file.read(file.timesteps(), encoder);
    }
  }

  private Attribution attribute(
      QuickstartStages stages, Ensemble ensemble, FeatureStore features, List<Trajectory> asked) {
    Path scores = stages.place("attribution");
    ImageShape shape = new ImageShape(3, Scene.SIDE, Scene.SIDE);
    List<PixelMask> masks = new ArrayList<>();
    PARTS.forEach(part -> masks.add(part.isEmpty() ? null : PixelMask.parse(part, shape)));
    return stages.run(
        "attribute",
        scores,
        () ->
            Attributor.of(ensemble, features)
                .withSeed(seed)
                .withDraws(TARGET_DRAWS)
                .withMasks(masks)
                .stage(asked, Timesteps.parse("100:900:100").nearest())
                .run(scores, console.context()));
  }
}
