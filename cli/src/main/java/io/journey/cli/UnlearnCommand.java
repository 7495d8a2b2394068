package io.journey.cli;

import io.journey.results.Attribution;
import io.journey.run.Counted;
import io.journey.score.UnlearningInfluence;
import io.journey.score.UnlearningInfluence.Outcome;
import io.journey.unlearning.UnlearningConfig;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores by unlearning the targets. */
@Command(
    name = "unlearn",
    description = {
      "Attribute by unlearning (the estimator mucs): for every target and step train a copy of the checkpoint until"
          + " it answers like an untrained model, and look which training images it has lost with"
          + " that.",
      "A score ranks images. No features are needed; each target and step takes some training steps"
          + " and the losses of all training images. Start again to continue."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey unlearn --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' \\",
      "      --target runs/fashion/targets.safetensors --timesteps 100,300,500 \\",
      "      --out runs/fashion/unlearned"
    })
final class UnlearnCommand implements Runnable {
  @Mixin private Console console;

  @Mixin private FeaturelessOptions questions;

  @Option(
      names = "--share",
      paramLabel = "S",
      description =
          "Share of f_t in the loss: L(training images) - S * f_t is minimised (default: 0.2).")
  @InRange(above = 0)
  private double share = UnlearningConfig.MUCS.share();

  @Option(
      names = "--stop",
      paramLabel = "P",
      description =
          "A target is unlearned once f_t is this share of an untrained model's (default: 0.95).")
  @InRange(above = 0, to = 1)
  private double stop = UnlearningConfig.MUCS.stop();

  @Option(
      names = "--max-steps",
      paramLabel = "N",
      description =
          "Training steps after which a target is given up; a warning says so (default: 200).")
  @InRange(from = 1)
  private int maxSteps = UnlearningConfig.MUCS.maxSteps();

  @Option(
      names = "--image-draws",
      paramLabel = "R",
      description = "Draws of the loss of each training image (default: 100).")
  @InRange(from = 1)
  private int imageDraws = UnlearningConfig.MUCS.imageDraws();

  @Override
  public void run() {
    UnlearningConfig config =
        new UnlearningConfig(share, stop, maxSteps, UnlearningConfig.MUCS.rate(), imageDraws);
    Attribution attribution =
        questions.attribute(
            asked ->
                UnlearningInfluence.of(asked.ensemble(), asked.data(), config)
                    .withDraws(asked.draws())
                    .stage(asked.targets(), asked.steps()),
            console);
    warn(UnlearningInfluence.outcomes(attribution));
  }

  private void warn(List<Outcome> outcomes) {
    long missed = outcomes.stream().filter(outcome -> !outcome.reached()).count();
    if (missed > 0) {
      console.say(
          String.format(
              "Warning: %d of %s were not unlearned after %s: f_t stayed below %s of an untrained"
                  + " model's; raise --max-steps or --share, or lower --stop.",
              missed,
              Counted.of(outcomes.size(), "questions"),
              Counted.of(maxSteps, "training steps"),
              stop));
    }
    long untouched = outcomes.stream().filter(outcome -> outcome.steps() == 0).count();
    if (untouched > 0) {
      console.say(
          String.format(
              "Warning: of %d of %s there was nothing to unlearn: f_t is as high as %s of an"
                  + " untrained model's, and all scores are 0; ask about noisier steps.",
              untouched, Counted.of(outcomes.size(), "questions"), stop));
    }
  }
}
