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
import io.journey.run.AtomicFile;
import io.journey.run.Confined;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Memory;
import io.journey.run.RunDirectory;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.sampling.TrajectoryFile;
import io.journey.score.Attributor;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Preset;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole flow on the data that come with Journey. */
@Command(
    name = "quickstart",
    description = "Go the whole way, from shipped images to a page, in a few minutes.",
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {"  journey quickstart", "  journey quickstart --out runs/second --seed 2"})
final class QuickstartCommand implements Runnable {
  /** The run's manifest: its stages with their times. */
  static final String MANIFEST = "run.json";

  private static final int MEMBERS = 2;
  private static final int INFERENCE_STEPS = 50;
  private static final int DRAWS = 10;
  private static final String AGAIN = "-again";

  @Mixin private Console console;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/quickstart",
      description = "Directory for everything (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Training images (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int images;

  @Option(
      names = "--training-steps",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Training steps of each model (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int steps;

  @Option(
      names = "--targets",
      paramLabel = "N",
      defaultValue = "12",
      description = "Images that are sampled and attributed (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int targets;

  private final Map<String, ObjectNode> stages = new LinkedHashMap<>();

  @Override
  public void run() {
    Dataset data = Datasets.open(ShippedData.folder("fashion-mnist") + "?size=16&limit=" + images);
    Preset preset = Preset.SMALL;

    Ensemble ensemble =
        stage(
            "train",
            Confined.path(out, "checkpoints"),
            () ->
                new EnsembleTrainer(
                        data,
                        preset.model(data.shape()),
                        preset.training(data.size()).withSteps(steps),
                        MEMBERS,
                        seed,
                        EnsembleTrainer.SAVE_INTERVAL)
                    .run(Confined.path(out, "checkpoints"), console.context()));
    Path drawn = Confined.path(out, "targets.safetensors");
    stage("sample", drawn, () -> sample(ensemble, drawn));
    Attribution attribution = attribute(ensemble, data, drawn, seed, "");
    Path page = Confined.path(out, "report.html");
    AttributionReport.write(Confined.path(out, "attribution"), data, page);
    console.say("A first page is there: " + uri(page));
    console.say("Asking again with other random draws, to tell on it how much is chance ...");
    attribute(ensemble, data, drawn, seed + 1, AGAIN);
    List<String> findings =
        stage(
            "report",
            page,
            () -> {
              AttributionReport.write(
                  Confined.path(out, "attribution"),
                  Confined.path(out, "attribution" + AGAIN),
                  data,
                  page);
              return Findings.of(attribution, data, TargetImages.of(attribution));
            });
    writeManifest(data);
    tell(page, findings);
  }

  /** Features and scores, in folders whose names end alike. */
  private Attribution attribute(
      Ensemble ensemble, Dataset data, Path drawn, long featureSeed, String suffix) {
    Path folder = Confined.path(out, "features" + suffix);
    FeatureStore features =
        stage(
            "featurize" + suffix,
            folder,
            () ->
                Featurizer.of(
                        FeaturizerConfig.defaults().withDraws(DRAWS).withSeed(featureSeed),
                        ensemble,
                        data)
                    .run(folder, console.context()));
    Path scores = Confined.path(out, "attribution" + suffix);
    return stage(
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

  /** Runs a stage; one that leaves a directory tells its own time, earlier attempts included. */
  private <T> T stage(String name, Path result, Supplier<T> work) {
    boolean doneBefore = Confined.exists(result, RunDirectory.TIMING);
    Memory.forgetPeak();
    long start = System.nanoTime();
    T made = work.get();
    double seconds = Math.round((System.nanoTime() - start) * 1e-6) / 1000.0;
    long peak = Memory.peakResidentBytes();
    if (Confined.exists(result, RunDirectory.TIMING)) {
      Path timing = Confined.file(result, RunDirectory.TIMING);
      JsonFields told = new JsonFields(Json.read(timing), timing.toString());
      seconds = told.number("seconds");
      peak = told.integer("peak_resident_bytes");
    }
    stages.put(name, Json.object().put("seconds", seconds).put("peak_resident_bytes", peak));
    console.say(
        String.format(
            Locale.ROOT,
            "%-15s %6.1f s, at most %,d MiB%s",
            name,
            seconds,
            peak >> 20,
            doneBefore ? " (done before)" : ""));
    return made;
  }

  private void writeManifest(Dataset data) {
    ObjectNode manifest = Json.object();
    manifest
        .put("kind", "quickstart")
        .put("seed", seed)
        .put("threads", console.context().threads());
    manifest.put("images", images).put("steps", steps).put("targets", targets);
    manifest.put("data", data.fingerprint()).put("java", System.getProperty("java.version"));
    double total = 0;
    for (ObjectNode stage : stages.values()) {
      total += stage.path("seconds").asDouble();
    }
    manifest.put("seconds", Math.round(total * 1000) / 1000.0);
    ObjectNode list = manifest.putObject("stages");
    stages.forEach(list::set);
    AtomicFile.write(Confined.path(out, MANIFEST), Json.bytes(manifest));
  }

  private static URI uri(Path page) {
    return page.toAbsolutePath().normalize().toUri();
  }

  private void tell(Path page, List<String> findings) {
    console.say("");
    if (findings.isEmpty()) {
      console.say(Findings.NONE);
    }
    for (String finding : findings) {
      console.say("* " + finding);
    }
    console.say("");
    console.say("The page is " + uri(page));
  }
}
