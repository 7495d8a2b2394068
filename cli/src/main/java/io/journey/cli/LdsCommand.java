package io.journey.cli;

import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.embedding.Embedder;
import io.journey.embedding.Embedders;
import io.journey.encoding.Encoders;
import io.journey.evaluation.lds.GroundTruthRun;
import io.journey.evaluation.lds.LdsStudy;
import io.journey.features.FeatureStore;
import io.journey.latent.LatentCodec;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.results.EvaluationResult;
import io.journey.results.NamedAttribution;
import io.journey.results.lds.GroundTruth;
import io.journey.sampling.Trajectory;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.Estimators;
import io.journey.score.ScoringEngine;
import io.journey.score.TargetDraws;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains models on random subsets and asks who predicts what they do. */
@Command(
    name = "lds",
    description = {
      "Train models on random subsets of the data and measure how well scores predict what they do:"
          + " the linear datamodeling score (LDS) per step, of any list of estimators.",
      "Subsets and what their models do stay in --ground-truth: another estimator is judged by them"
          + " in a minute. Start again to continue."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate lds --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' \\",
      "      --target runs/fashion/targets.safetensors \\",
      "      --features runs/fashion/features --ground-truth runs/fashion/truth \\",
      "      --subsets 64 --seeds 2 --out runs/fashion/lds"
    })
final class LdsCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description = "The ensemble whose samples are attributed.")
  private CheckpointSpec checkpoints;

  @Mixin private DataOptions data;

  @Mixin private TargetOptions target;

  @Mixin private StepOptions timesteps;

  @Option(
      names = "--features",
      paramLabel = "DIR",
      description = {
        "Features of these checkpoints; again for features of another function or preconditioner, which"
            + " other estimators need.",
        "NAME=DIR tells several stores of one kind apart; stores that differ in the damping of ekfac"
            + " alone are its dampings to choose from."
      })
  private List<String> features = new ArrayList<>();

  @Option(
      names = "--estimators",
      split = ",",
      paramLabel = "NAME",
      completionCandidates = EstimatorNames.class,
      description =
          "Which estimators (default: all that the features serve): ${COMPLETION-CANDIDATES}. Similarity"
              + " of pixels, of captions where there are any, and chance are always beside them.")
  private List<String> estimators = new ArrayList<>();

  @Option(
      names = "--attribution",
      paramLabel = "NAME=DIR",
      description = {
        "Scores of the same targets that something else has computed; again for more.",
        "With ?over-steps behind it, those of the whole trajectory (attribute --over-steps)."
      })
  private List<String> attributions = new ArrayList<>();

  @Option(
      names = "--scores",
      paramLabel = "NAME=FILE",
      description =
          "Scores of the same targets from another program: an NPY file of numbers [steps, targets,"
              + " images], positive for images that lower f_t; again for more.")
  private Map<String, Path> scores = new LinkedHashMap<>();

  @Option(
      names = "--oracle",
      paramLabel = "DIR",
      description =
          "A ground truth made with --leave-one-out of the same targets and steps: what each image does"
              + " by itself, as an estimator beside the others.")
  private Path oracle;

  @Option(
      names = "--embedding",
      paramLabel = "NAME=SPEC",
      description = {
        "A network for similarity: classifier:DIR, clip:DIR, onnx:FILE or torchscript:FILE."
      })
  private Map<String, String> embeddings = new LinkedHashMap<>();

  @Option(
      names = "--patches",
      split = ",",
      paramLabel = "P",
      description =
          "Sizes of patches, odd, to choose from for NDA, which compares patches of P times P pixels and"
              + " knows no model (default: no NDA). It compares all pixels of a target with all of"
              + " the data: for small pictures, or few.")
  private int[] patches = {};

  @Mixin private GroundTruthOptions truths;

  @Option(
      names = "--target-draws",
      paramLabel = "K",
      description = "Draws of noise for each gradient of a target (default: 40).")
  @InRange(from = 1)
  private int targetDraws = TargetDraws.DEFAULT;

  @Option(
      names = "--dampings",
      split = ",",
      paramLabel = "C",
      description = "Dampings to choose from (default: 0.001,0.01,0.1,1,10,100).")
  @InRange(above = 0)
  private double[] dampings = LdsStudy.DAMPINGS;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the tables and the figure.")
  private Path out;

  @Override
  public void run() {
    truths.check();
    Ensemble ensemble = Ensemble.open(checkpoints);
    List<Trajectory> targets = target.read(timesteps.steps(), ensemble);
    int[] steps = timesteps.steps().among(targets.get(0).timesteps());
    Dataset images = data.open(console.progress(), ensemble);
    GroundTruthRun run = truths.run(ensemble, images, target.path(), targets, steps);
    List<LdsStudy.Store> stores = stores();
    List<Estimator> chosen = chosen(stores);
    // What cannot be read is refused before training.
    attributions.forEach(NamedAttribution::parse);
    GroundTruth leftOut = oracle == null ? null : GroundTruth.open(oracle);
    scores.values().forEach(Npy::map);
    embeddings.values().forEach(spec -> Embedders.open(spec).close());
    Encoders.of(ensemble).codec().close();
    GroundTruth truth = run.run(truths.directory(), console.context());
    Map<String, Embedder> embedders = new LinkedHashMap<>();
    try (LatentCodec codec = Encoders.of(ensemble).codec()) {
      embeddings.forEach((name, spec) -> embedders.put(name, Embedders.open(spec)));
      EvaluationResult result =
          new LdsStudy(
                  truth,
                  ensemble,
                  images,
                  targets,
                  chosen,
                  stores,
                  new LdsStudy.Rivals(
                      embedders,
                      attributions.stream().map(NamedAttribution::parse).toList(),
                      scores,
                      leftOut,
                      patches),
                  codec,
                  dampings,
                  targetDraws)
              .run(out, console.context());
      result.sentences().forEach(console::say);
      result.warnings().forEach(warning -> console.say("Warning: " + warning));
    } finally {
      embedders.values().forEach(Embedder::close);
    }
    console.say("Tables and figure are in " + out + ".");
  }

  private List<LdsStudy.Store> stores() {
    List<LdsStudy.Store> stores = new ArrayList<>();
    for (String text : features) {
      int equals = text.indexOf('=');
      String suffix = equals < 0 ? "" : " (" + text.substring(0, equals) + ")";
      stores.add(
          new LdsStudy.Store(suffix, FeatureStore.open(Path.of(text.substring(equals + 1)))));
    }
    return stores;
  }

  private List<Estimator> chosen(List<LdsStudy.Store> stores) {
    List<Estimator> all =
        estimators.isEmpty()
            ? Estimators.all()
            : estimators.stream().map(Estimators::named).toList();
    for (LdsStudy.Store store : stores) {
      ScoringEngine.requirePossible(
          store.features(),
          all.stream()
              .filter(e -> e.needs().isServedBy(store.features()))
              .map(e -> new ScoringEngine.Request(e, Damping.DEFAULT))
              .toList());
    }
    return all.stream()
        .filter(e -> stores.stream().anyMatch(store -> e.needs().isServedBy(store.features())))
        .toList();
  }
}
