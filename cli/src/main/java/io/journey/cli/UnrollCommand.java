package io.journey.cli;

import io.journey.run.SettingException;
import io.journey.score.TrainingInfluence;
import io.journey.training.Retraining;
import io.journey.training.TrainingConfig;
import io.journey.unrolling.BackwardSweep;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores through the training that made the checkpoints. */
@Command(
    name = "unroll",
    description = {
      "Attribute through training itself (the estimator adamw-influence): train each checkpoint"
          + " again, then take its steps back one by one and add up what every image did to the"
          + " targets.",
      "A score says what f_t, the target's loss at step t, would gain if the image had never been met:"
          + " with --exact as a number, otherwise as a rank. No features are needed; it takes some"
          + " trainings' time. Start again to continue."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey unroll --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' \\",
      "      --target runs/fashion/targets.safetensors --timesteps 100,300,500 \\",
      "      --out runs/fashion/unrolled"
    })
final class UnrollCommand implements Runnable {
  private static final int DEFAULT_OUTPUTS = 4;

  /**
   * Through a training with 1e−8 scores predicted next to nothing, through one with 1e−3 they did
   * (docs/results/fashion-mnist-own-seed).
   */
  private static final double SMOOTH_EPSILON = 1e-4;

  @Mixin private Console console;

  @Mixin private FeaturelessOptions questions;

  @Option(
      names = "--outputs",
      paramLabel = "R",
      description =
          "Random outputs of each image of a batch, whose gradients stand for the curvature of the loss"
              + " (its Hessian); 0: none, the fastest (default: 4).")
  @InRange(from = 0, to = 1000)
  private Integer outputs;

  @Option(
      names = "--exact",
      description =
          "The Hessian itself (the estimator magic), by two passes over each batch for every target and"
              + " step: for a few of them. Leave --outputs out.")
  private boolean exact;

  @Override
  public void run() {
    if (exact && outputs != null) {
      throw new SettingException("--exact has no random outputs: leave --outputs out");
    }
    BackwardSweep.Curvature curvature =
        exact
            ? BackwardSweep.Curvature.EXACT
            : new BackwardSweep.Curvature(Objects.requireNonNullElse(outputs, DEFAULT_OUTPUTS));
    questions.attribute(
        asked -> {
          warn(Retraining.like(asked.ensemble(), Retraining.Coupling.COUPLED).training());
          return TrainingInfluence.of(asked.ensemble(), asked.data(), curvature)
              .withDraws(asked.draws())
              .stage(asked.targets(), asked.steps());
        },
        console);
  }

  private void warn(TrainingConfig training) {
    if (training.adamEpsilon() < SMOOTH_EPSILON) {
      console.say(
          "Warning: Adam's epsilon of this training is "
              + training.adamEpsilon()
              + ": such a training may be too chaotic for scores to mean anything; ask journey evaluate"
              + " metasmoothness, or train with adamEpsilon "
              + SMOOTH_EPSILON
              + " or more.");
    }
  }
}
