package io.journey.explorer;

import io.journey.condition.Condition;
import io.journey.encoding.Encoders;
import io.journey.model.Checkpoint;
import io.journey.model.ConditioningSpec;
import io.journey.model.Ensemble;
import io.journey.run.JourneyException;
import io.journey.run.RunContext;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.text.TextEncoder;

/**
 * Draws further targets as those of the run were drawn: by the same checkpoint, steps and guidance.
 * A prompt and a seed give image 0 of {@code journey sample} with this prompt and seed. What draws
 * is loaded when the first is asked for.
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

  /** Returns whether a picture is drawn from a text. */
  boolean takesPrompts() {
    return file.hasPrompts();
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
    if (closed) {
      throw new IllegalStateException("the explorer was closed");
    }
    Trajectory[] drawn = new Trajectory[1];
    context
        .workers()
        .forEach(
            1,
            unit -> {
              open();
              Condition condition = condition(prompt, number);
              drawn[0] = sampler.sample(Sampler.seed(seed, 0), condition, sink);
            });
    return drawn[0];
  }

  private Condition condition(String prompt, int number) {
    if (text != null) {
      return new Condition.Prompt(prompt).resolve(text);
    }
    ConditioningSpec known = checkpoint.inputs().conditioning();
    return known.isEmpty() ? Condition.NONE : known.ofClass(number);
  }

  private void open() {
    if (sampler != null) {
      return;
    }
    if (text == null && takesPrompts()) {
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
