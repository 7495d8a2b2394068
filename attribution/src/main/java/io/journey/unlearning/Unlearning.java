package io.journey.unlearning;

import io.journey.run.JourneyException;
import io.journey.run.Workers;
import io.journey.training.FineTuning;
import io.journey.training.GradientSum;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;

/**
 * What unlearning a question came to. A checkpoint's copy minimises L(batch of training images) −
 * share·min(f_t, L_null), where f_t is the question's loss and L_null that of an untrained model,
 * until f_t ≥ stop·L_null. (As it stops there, f_t is below L_null at every step.) Source: MUCS,
 * with the loss of one denoising step for that of a picture.
 *
 * @param untrained L_null
 * @param before f_t of the checkpoint
 * @param after f_t of its copy in the end
 * @param steps training steps that were taken
 */
public record Unlearning(float untrained, float before, float after, int steps) {
  /**
   * Unlearns a question.
   *
   * @param training whose model is untrained; it is the checkpoint's copy that has unlearned then
   * @param weights of the checkpoint, [p]
   * @throws JourneyException if training diverges
   */
  public static Unlearning of(
      FineTuning training,
      float[] weights,
      Question question,
      UnlearningConfig config,
      Workers.Parts parts) {
    float untrained = question.loss(training.model(), parts);
    training.model().parameters().set(weights);
    float before = Float.NaN;
    for (int steps = 0; ; steps++) {
      try (GradientSum now = question.gradient(training.model(), parts)) {
        float loss = now.loss();
        requireFinite(loss, steps);
        before = steps == 0 ? loss : before;
        Unlearning come = new Unlearning(untrained, before, loss, steps);
        if (come.isReached(config.stop()) || steps == config.maxSteps()) {
          return come;
        }
        try (PointerScope scope = new PointerScope();
            NoGradGuard guard = new NoGradGuard()) {
          now.gradient().mul_(new Scalar(-config.share()));
        }
        training.step(now.gradient(), parts);
      }
    }
  }

  private static void requireFinite(float loss, int steps) {
    if (!Float.isFinite(loss)) {
      throw new JourneyException(
          "Unlearning diverged: f_t after "
              + steps
              + " steps is "
              + loss
              + "; give it a smaller share.");
    }
  }

  /**
   * Returns whether the question was unlearned.
   *
   * @param stop the share of an untrained model's loss that is enough
   */
  public boolean isReached(double stop) {
    return after >= stop * untrained;
  }
}
