package io.journey.evaluation.audit;

import io.journey.encoding.Encoders;
import io.journey.evaluation.Redrawing;
import io.journey.evaluation.removal.PairedMeasure;
import io.journey.evaluation.removal.RedrawnPicture;
import io.journey.model.Checkpoint;
import io.journey.run.JourneyException;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import java.util.List;

/** The picture that is asked about, and how its change is measured. */
public sealed interface AuditQuestion {
  /**
   * Returns what measures it.
   *
   * @param original the checkpoint that is asked about
   * @throws JourneyException if another drew the picture
   */
  PairedMeasure measure(Checkpoint original);

  /** Returns the picture and its noise. */
  Trajectory target();

  /** Returns the steps that decide a fingerprint of it. */
  int[] steps();

  /** Returns draws of noise for each loss; null where no loss is taken. */
  Integer draws();

  /**
   * A picture that a model drew: it is drawn again from the same noise.
   *
   * @param file it is in
   * @param target the same, with its condition as the model is asked with it
   * @param encoders of the model, open as long as the audit runs
   */
  record Drawing(TrajectoryFile file, Trajectory target, Encoders.Opened encoders)
      implements AuditQuestion {
    @Override
    public RedrawnPicture measure(Checkpoint original) {
      return new RedrawnPicture(
          new Redrawing(
              file.sampler(original, encoders.text()), List.of(target), encoders.codec()));
    }

    @Override
    public int[] steps() {
      return target.timesteps();
    }

    @Override
    public Integer draws() {
      return null;
    }
  }

  /**
   * A picture that no model drew: models are asked how likely they find it at each step.
   *
   * @param target the picture, at the steps it is asked about
   * @param draws of noise at each step, the same for all models
   * @param seed of that noise
   */
  record Picture(Trajectory target, Integer draws, long seed) implements AuditQuestion {
    @Override
    public PictureLoss measure(Checkpoint original) {
      return new PictureLoss(target, draws, seed);
    }

    @Override
    public int[] steps() {
      return target.timesteps();
    }
  }
}
