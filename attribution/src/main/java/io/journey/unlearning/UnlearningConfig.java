package io.journey.unlearning;

import io.journey.run.SettingException;
import java.io.Serializable;

/**
 * How a question is unlearned, and how it is looked what is lost with it.
 *
 * @param share of the question's loss f_t in the loss that is minimised, which it lowers, above 0
 * @param stop the share of an untrained model's f_t at which it is unlearned, in (0, 1]
 * @param maxSteps training steps after which nobody goes on, at least 1
 * @param rate the learning rate, as a share of that at the training's first step, above 0
 * @param imageDraws draws of the loss of each training image, at least 1
 */
public record UnlearningConfig(double share, double stop, int maxSteps, double rate, int imageDraws)
    implements Serializable {
  /** Those of MUCS. */
  public static final UnlearningConfig MUCS = new UnlearningConfig(0.2, 0.95, 200, 0.1, 100);

  public UnlearningConfig {
    check(share > 0 && Double.isFinite(share), "share must be positive, got " + share);
    check(stop > 0 && stop <= 1, "stop must be in (0, 1], got " + stop);
    check(maxSteps >= 1, "max-steps must be at least 1, got " + maxSteps);
    check(rate > 0 && Double.isFinite(rate), "rate must be positive, got " + rate);
    check(imageDraws >= 1, "image-draws must be at least 1, got " + imageDraws);
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new SettingException(message);
    }
  }
}
