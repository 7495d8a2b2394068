package io.journey.cli;

import io.journey.features.FeatureStore;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.Strongest;
import io.journey.results.Timesteps;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.score.Estimator;
import io.journey.score.Estimators;
import io.journey.score.PixelMask;
import io.journey.score.StepWeights;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores training images for targets. */
@Command(
    name = "attribute",
    description = {
      "Score every training image at every timestep of the targets' trajectories.",
      "With --image the targets are pictures that the model did not draw."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey attribute --checkpoints runs/fashion/checkpoints \\",
      "      --features runs/fashion/features \\",
      "      --target runs/fashion/targets.safetensors --out runs/fashion/attribution",
      "  journey attribute ... --timesteps 100,400 --mask 4,0,8,8",
      "  journey attribute ... --over-steps inference",
      "  journey attribute ... --mask whole --mask face.png",
      "  journey attribute --checkpoints runs/fashion/checkpoints \\",
      "      --features runs/fashion/features --image shoe.jpg --out runs/fashion/shoe"
    })
final class AttributeCommand implements Runnable {
  /** The mask that is none. */
  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description = "The ensemble or checkpoint the features were made with.")
  private CheckpointSpec checkpoints;

  @Mixin private LoraOptions lora;

  @Option(
      names = "--features",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the training features.")
  private Path features;

  @ArgGroup(multiplicity = "1")
  private AskedOptions asked;

  @Mixin private StepOptions timesteps;

  @Mixin private DrawOptions drawing;

  @Mixin private DampingOption damping;

  @Option(
      names = "--estimator",
      paramLabel = "NAME",
      completionCandidates = EstimatorNames.class,
      description =
          "How scores are made of features: ${COMPLETION-CANDIDATES} (default: the first that the"
              + " features serve).")
  private String estimator;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the scores.")
  private Path out;

  @Option(
      names = "--over-steps",
      paramLabel = "HOW",
      description = {
        "Score the whole trajectory, too: a weighted mean over --timesteps of scores in standard"
            + " deviations of their step. equal: all steps alike; inference: by the inference steps"
            + " that each stands for; decided: by the share of the picture that is decided there.",
        "Say it before you look: it cannot be added to a finished attribution."
      })
  private StepWeights.Kind overSteps;

  @Option(
      names = "--strongest",
      paramLabel = "K",
      description = {
        "Keep the K strongest images at each end alone, for millions of them: ranking.csv has those of"
            + " them with positive and with negative scores, and there is no page (default: keep all"
            + " scores)."
      })
  @InRange(from = 1)
  private Integer strongest;

  @Override
  public void run() {
    Timesteps wanted = timesteps.steps();
    if (asked.target == null && overSteps != null && overSteps != StepWeights.Kind.EQUAL) {
      throw new SettingException(
          "a picture that no model drew has no inference steps: weigh with --over-steps equal");
    }
    List<PixelMask> patches =
        asked.target == null ? null : drawing.patches(asked.target.pictureShape());
    FeatureStore store = FeatureStore.open(features);
    Estimator chosen =
        estimator == null ? Estimators.defaultFor(store) : Estimators.named(estimator);
    Ensemble ensemble = Ensemble.open(lora.on(checkpoints));
    List<Trajectory> targets;
    if (asked.target != null) {
      targets = asked.target.read(wanted, ensemble);
    } else {
      ImageOptions.Asked pictures = asked.image.read(ensemble, store, wanted, drawing.seed());
      targets = pictures.targets();
      patches = drawing.patches(pictures.shape());
      pictures.notes().forEach(console::announce);
    }
    Attributor attributor = Attributor.of(ensemble, store);
    if (store.checkpointNames().size() < ensemble.checkpointNames().size()) {
      console.say(
          features
              + " was made with "
              + store.checkpointNames().size()
              + " of the "
              + Counted.of(ensemble.checkpointNames().size(), "checkpoints")
              + ": the others are not asked. To ask them too, featurize into a new directory.");
    }
    Attributor asking =
        attributor
            .withEstimator(chosen)
            .withDamping(damping.forEstimator(chosen))
            .withDraws(drawing.draws())
            .withSeed(drawing.seed())
            .withMasks(patches)
            .withOverSteps(weights(targets, wanted, patches));
    if (strongest == null) {
      Attribution attribution = asking.stage(targets, wanted).run(out, console.context());
      tell("Scores of", attribution.targets(), attribution.steps(), store);
    } else {
      Strongest kept = asking.strongest(targets, wanted, strongest).run(out, console.context());
      tell("The strongest " + strongest + " at each end of", kept.targets(), kept.steps(), store);
    }
  }

  private StepWeights weights(List<Trajectory> targets, Timesteps wanted, List<PixelMask> patches) {
    if (overSteps == null) {
      return null;
    }
    int[] steps = wanted.among(targets.get(0).timesteps());
    int count = targets.size() * Math.max(1, patches.size());
    if (overSteps == StepWeights.Kind.EQUAL) {
      return StepWeights.equal(steps, count);
    }
    return overSteps == StepWeights.Kind.INFERENCE
        ? StepWeights.inference(asked.target.file().timesteps(), steps, count)
        : StepWeights.decided(asked.target.file(), steps, patches);
  }

  private void tell(String what, int targets, int[] steps, FeatureStore store) {
    console.say(
        what
            + " "
            + Counted.of(store.size(), "training images")
            + " for "
            + Counted.of(targets, "targets")
            + " at "
            + Counted.of(steps.length, "steps")
            + " are in "
            + out
            + ".");
  }
}
