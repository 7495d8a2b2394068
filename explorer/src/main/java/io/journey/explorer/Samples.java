package io.journey.explorer;

import io.journey.condition.Condition;
import io.journey.dataset.PictureFiles.Picture;
import io.journey.encoding.Encoders;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.model.ConditioningSpec;
import io.journey.model.Ensemble;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.sampling.PictureTargets;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.text.TextEncoder;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes further targets: draws them as those of the run were drawn, by the same checkpoint, steps
 * and guidance, or takes pictures from elsewhere. A prompt and a seed give image 0 of {@code
 * journey sample} with this prompt and seed. What draws is loaded when the first is asked for.
 */
final class Samples implements AutoCloseable {
  private final Ensemble ensemble;
  private final Encoders encoders;
  private final TrajectoryFile file;
  private final RunContext context;
  private Checkpoint checkpoint;
  private TextEncoder text;
  private Sampler sampler;
  private boolean closed;

  Samples(Ensemble ensemble, Encoders encoders, TrajectoryFile file, RunContext context) {
    this.ensemble = ensemble;
    this.encoders = encoders;
    this.file = file;
    this.context = context;
  }

  /**
   * Draws a target. One is drawn at a time.
   *
   * @param prompt of a model of captions
   * @param number of the class, of a model of classes; −1: none
   * @param sink told of every step on a worker's thread; what it throws ends the drawing
   * @throws JourneyException if the model does not take this
   */
  synchronized Trajectory draw(String prompt, int number, long seed, Sampler.StepSink sink) {
    return onWorker(() -> sampler.sample(Sampler.seed(seed, 0), condition(prompt, number), sink));
  }

  /**
   * Makes a target of a picture that no model drew, at the steps of the others.
   *
   * @param prompt what it shows, of a model of captions; "": it is told no words
   * @param number of its class, of a model of classes; −1: it is told none
   * @param codec encodes it where the model works on latents
   * @throws JourneyException if the model must be told a class, or does not know this one
   */
  synchronized Trajectory ofPicture(Picture picture, String prompt, int number, LatentCodec codec) {
    return onWorker(
        () -> {
          PictureTargets targets = new PictureTargets(checkpoint, codec);
          boolean isTold = !prompt.isEmpty() || number >= 0;
          Condition condition =
              isTold
                  ? condition(prompt, number)
                  : targets
                      .untold(text)
                      .orElseThrow(
                          () ->
                              new JourneyException(
                                  "The model must be told a class: choose what the picture shows,"
                                      + " and drop it again."));
          return targets.of(List.of(picture), List.of(condition), file.timesteps(), 0).get(0);
        });
  }

  private Trajectory onWorker(Supplier<Trajectory> work) {
    if (closed) {
      throw new IllegalStateException("the explorer was closed");
    }
    Trajectory[] made = new Trajectory[1];
    context
        .workers()
        .forEach(
            1,
            unit -> {
              open();
              made[0] = work.get();
            });
    return made[0];
  }

  private Condition condition(String prompt, int number) {
    if (text != null) {
      return new Condition.Prompt(prompt).resolve(text);
    }
    if (!prompt.isEmpty()) {
      throw new SettingException("the model takes no captions: leave the words out");
    }
    ConditioningSpec known = checkpoint.inputs().conditioning();
    return known.isEmpty() && number < 0 ? Condition.NONE : known.ofClass(number);
  }

  private void open() {
    if (sampler != null) {
      return;
    }
    if (text == null && file.hasPrompts()) {
      text = encoders.text();
    }
    if (checkpoint == null) {
      checkpoint = ensemble.first();
    }
    sampler = file.sampler(checkpoint, text);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (checkpoint != null) {
      checkpoint.close();
    }
    if (text != null) {
      text.close();
    }
  }
}
