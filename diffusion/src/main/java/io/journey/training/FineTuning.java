package io.journey.training;

import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Ensemble;
import io.journey.model.LayeredDenoiser;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Workers;
import java.io.Serializable;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Further steps of a finished member on the images that it was trained on, at a rate that does not
 * fall, with a term of somebody else's in the loss. Batches, flips and dropped conditions are as in
 * the member's training, but named by another seed; Adam has the training's decays and ϵ and begins
 * with moments of zero; no average of weights is kept.
 *
 * <p>The model begins as the member began, before its first step.
 */
public final class FineTuning implements AutoCloseable {
  private final TrainingSteps steps;
  private final LayeredDenoiser model;
  private final Adam adam;
  private int taken;

  private FineTuning(TrainingSteps steps, LayeredDenoiser model) {
    this.steps = steps;
    this.model = model;
    this.adam = Adam.steady(steps.config(), model.parameters());
  }

  /**
   * How the members of an ensemble are trained further.
   *
   * @param how they were trained
   * @param data what they were trained on
   */
  public record OfMembers(Retraining how, Dataset data) implements Serializable {
    /**
     * Reads how an ensemble was trained.
     *
     * @param data what it was trained on
     * @param rate the learning rate, as a share of that at the training's first step, above 0
     * @throws JourneyException if the ensemble does not say how it was trained, or was trained on
     *     from other checkpoints, or is a LoRA's pairs: a member did not begin with random weights
     *     then
     */
    public static OfMembers of(Ensemble ensemble, Dataset data, double rate) {
      Retraining how = Retraining.ofMembers(ensemble, Retraining.Coupling.COUPLED);
      if (how.lora() != null) {
        throw new JourneyException(
            ensemble.directory()
                + " has a LoRA, and a model without it is no untrained one: name an ensemble that"
                + " journey train has made from random weights.");
      }
      TrainingConfig training = how.training();
      return new OfMembers(
          how.withTraining(
              training.withLearningRate(rate * training.learningRate()).withEmaDecay(0)),
          data);
    }

    /**
     * Returns the untrained model of a member, to be trained; the caller closes it.
     *
     * @param member its number
     * @param seed of the batches
     */
    public FineTuning begin(int member, Seed seed) {
      TrainedImages images = TrainedImages.of(how.training().kept(data.size(), how.seedOf(member)));
      return new FineTuning(
          TrainingSteps.of(how.recipe(), data, images, seed), how.begin(member).model());
    }
  }

  /** Returns the model, whose weights the caller may set before the first step. */
  public LayeredDenoiser model() {
    return model;
  }

  /** Returns how noise is added and what the model predicts. */
  public NoiseSchedule schedule() {
    return steps.schedule();
  }

  /**
   * Takes the next step: Adam's, by the gradient of the mean loss of a batch and the other term's.
   *
   * @param other gradient of the other term, [p]
   */
  public void step(Tensor other, Workers.Parts parts) {
    List<DenoisingDraws> images = steps.batch(taken);
    try (GradientSum sum = new GradientSum()) {
      if (images.isEmpty()) { // All were left out of this member's training.
        adam.step(taken, other, parts);
      } else {
        steps.add(model, images, sum, parts);
        try (PointerScope scope = new PointerScope();
            NoGradGuard guard = new NoGradGuard()) {
          sum.gradient().add_(other);
        }
        adam.step(taken, sum.gradient(), parts);
      }
    }
    taken++;
  }

  @Override
  public void close() {
    adam.close();
    model.close();
  }
}
