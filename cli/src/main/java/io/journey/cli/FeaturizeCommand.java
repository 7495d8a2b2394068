package io.journey.cli;

import io.journey.array.DType;
import io.journey.dataset.Dataset;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.gradient.GradientMethod;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.run.Counted;
import io.journey.score.Estimators;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes training features. */
@Command(
    name = "featurize",
    description = "Compute projected gradients of every training image; start again to continue.",
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey featurize --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' --out runs/fashion/features",
      "  journey featurize ... --projection gaussian:2048 --draws 40 --dtype f16"
    })
final class FeaturizeCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description =
          "Directory of an ensemble, a folder of diffusers folders, or one checkpoint as for"
              + " sample.")
  private CheckpointSpec checkpoints;

  @Mixin private LoraOptions lora;

  @Mixin private DataOptions data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the features.")
  private Path out;

  @Mixin private FeatureOptions options;

  @Option(
      names = "--draws",
      paramLabel = "R",
      description =
          "Draws of step and noise for each image (default: 40 with preconditioner ekfac, otherwise 20).")
  @InRange(from = 1)
  private Integer draws;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = NumberTypes.OfFeatures.class,
      description =
          "f32, f16 or i8 on disk, the latter two with a scale for each image (default: i8 with"
              + " preconditioner ekfac, where a byte a number loses nothing that shows; otherwise f32).")
  private DType dtype;

  @Option(
      names = "--gradients",
      paramLabel = "WAY",
      description = "one_image or layerwise (default: the faster one). Both are exact.")
  private GradientMethod gradients;

  @Option(
      names = "--shard-rows",
      paramLabel = "N",
      description =
          "Images in one file, which are what an interruption loses; raise it for millions of images"
              + " (default: 64).")
  @InRange(from = 1)
  private Integer shardRows;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of draws and projections (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public void run() {
    FeaturizerConfig defaults = options.config();
    FeaturizerConfig config =
        defaults
            .withDraws(draws == null ? defaults.draws() : draws)
            .withDtype(dtype == null ? defaults.dtype() : dtype)
            .withPrecision(console.gradientType())
            .withMethod(gradients)
            .withShardRows(shardRows == null ? defaults.shardRows() : shardRows)
            .withSeed(seed);
    Estimators.warning(config.function(), config.preconditioner()).ifPresent(console::say);
    Ensemble ensemble = Ensemble.open(lora.on(checkpoints));
    Dataset images = data.open(console.progress());
    Featurizer featurizer = Featurizer.of(config, ensemble, images);
    featurizer.notes().forEach(console::announce);
    FeatureStore store = featurizer.run(out, console.context());
    ensemble.notes().forEach(console::say);
    console.say(
        "Features of "
            + Counted.of(store.size(), "images")
            + " for "
            + Counted.of(store.checkpointNames().size(), "checkpoints")
            + " are in "
            + out
            + ".");
  }
}
