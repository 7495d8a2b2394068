package io.journey.sampling;

import io.journey.condition.CaptionEncoder;
import io.journey.condition.Condition;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.scheduler.InferenceSteps;
import io.journey.scheduler.Scheduler;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Draws images: asks a checkpoint what a scheduler wants to know, under guidance. */
public final class Sampler {
  private final Checkpoint checkpoint;
  private final Scheduler scheduler;
  private final int inferenceSteps;
  private final Guidance guidance;
  private final Condition unconditional;
  private final InferenceSteps steps;

  /** t of every call of the model. */
  private final int[] calls;

  /** The indices of the last call of each t, [S]. */
  private final int[] kept;

  private final int[] timesteps;
  private final String textEncoder;

  /**
   * @param unconditional what stands for no condition under guidance; null where there is none
   * @param textEncoder the fingerprint of the encoder of its prompts; "" where there is none
   */
  private Sampler(
      Checkpoint checkpoint,
      Scheduler scheduler,
      int inferenceSteps,
      Guidance guidance,
      Condition unconditional,
      String textEncoder) {
    this.textEncoder = textEncoder;
    this.checkpoint = checkpoint;
    this.scheduler = scheduler;
    this.inferenceSteps = inferenceSteps;
    this.guidance = guidance;
    this.unconditional = unconditional;
    this.steps = scheduler.steps(checkpoint.schedule(), inferenceSteps);
    this.calls = steps.timesteps().clone();
    this.kept =
        IntStream.range(0, calls.length)
            .filter(k -> k + 1 == calls.length || calls[k + 1] != calls[k])
            .toArray();
    this.timesteps = Arrays.stream(kept).map(k -> calls[k]).toArray();
    checkpoint.schedule().requireEstimable(timesteps[0]);
    if (!guidance.isNone() && unconditional == null) {
      throw new SettingException(
          "guidance needs a model that also knows images of no class, and "
              + checkpoint.name()
              + " has no null_class: leave guidance out, or train with --classes --drop-classes"
              + " 0.1");
    }
  }

  /**
   * Makes a sampler without guidance.
   *
   * @param inferenceSteps how many steps a drawing takes
   * @throws SettingException if there are no such steps, or x_0 cannot be estimated at one
   */
  public static Sampler of(Checkpoint checkpoint, Scheduler scheduler, int inferenceSteps) {
    return new Sampler(checkpoint, scheduler, inferenceSteps, Guidance.NONE, null, "");
  }

  /**
   * Makes the sampler that a checkpoint is made for.
   *
   * @throws JourneyException if Journey does not have its scheduler
   */
  public static Sampler of(Checkpoint checkpoint, int inferenceSteps) {
    return of(checkpoint, checkpoint.scheduler().scheduler(checkpoint.name()), inferenceSteps);
  }

  /**
   * Returns the same with guidance of a model of classes.
   *
   * @throws SettingException if the model was not trained without classes, too
   */
  public Sampler withGuidance(Guidance other) {
    OptionalInt nullClass = checkpoint.classNames().nullClass();
    return new Sampler(
        checkpoint,
        scheduler,
        inferenceSteps,
        other,
        nullClass.isPresent() ? new Condition.ClassLabel(nullClass.getAsInt()) : null,
        textEncoder);
  }

  /**
   * Returns the same with guidance.
   *
   * @param encoder of the model's captions, prompts and the negative prompt among them; null: it is
   *     a model of classes
   */
  public Sampler withGuidance(Guidance other, CaptionEncoder encoder) {
    if (encoder == null) {
      return withGuidance(other);
    }
    Condition negative = new Condition.Prompt(other.negativePrompt());
    return new Sampler(
        checkpoint,
        scheduler,
        inferenceSteps,
        other,
        negative.resolve(encoder),
        encoder.fingerprint());
  }

  /** The same with another model. */
  public Sampler by(Checkpoint other) {
    return new Sampler(other, scheduler, inferenceSteps, guidance, unconditional, textEncoder);
  }

  /** The model that draws. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** How it is drawn. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** Returns the fingerprint of the encoder of its prompts; "" where there is none. */
  String textEncoder() {
    return textEncoder;
  }

  /** How the model's outputs are combined. */
  public Guidance guidance() {
    return guidance;
  }

  /** The timesteps of a trajectory, falling: those at which the model is asked. */
  public int[] timesteps() {
    return timesteps.clone();
  }

  /** Whether steps add noise. */
  public boolean addsNoise() {
    return scheduler.addsNoise();
  }

  /** Whether the latents of a call are those of the trajectory: the last at their timestep. */
  boolean isKept(int call) {
    return Arrays.binarySearch(kept, call) >= 0;
  }

  /**
   * Returns the output for one image, under guidance. Two passes of one image each: the bits of an
   * image depend on no other.
   *
   * @param xt latents at t, [C·H·W]
   * @param condition of the image
   */
  float[] output(float[] xt, int t, Condition condition) {
    float[] output = checkpoint.model().predict(xt, t, condition);
    return guidance.isNone()
        ? output
        : guidance.combine(output, checkpoint.model().predict(xt, t, unconditional));
  }

  /** The same for several images under one condition, in one pass or two, [B][C·H·W]. */
  private float[][] outputs(float[][] xt, int t, Condition condition) {
    float[][] outputs = checkpoint.model().predict(xt, t, condition);
    if (!guidance.isNone()) {
      float[][] without = checkpoint.model().predict(xt, t, unconditional);
      Arrays.setAll(outputs, b -> guidance.combine(outputs[b], without[b]));
    }
    return outputs;
  }

  /** Draws one image without a condition; all noise comes from the seed. */
  public Trajectory sample(Seed seed) {
    return sample(seed, Condition.NONE);
  }

  /** Draws one image under a condition; all noise comes from the seed, whatever the condition. */
  public Trajectory sample(Seed seed, Condition condition) {
    return new Drawing(this, seed, condition).run(Progress.Task.SILENT);
  }

  /** Receives the steps of a drawing while it is made. What it throws ends the drawing. */
  @FunctionalInterface
  public interface StepSink {
    /**
     * @param step the index of the timestep in {@link Sampler#timesteps()}
     * @param xt the latents at this step, [C·H·W], not to be changed
     * @param x0 x̂0 at this step, [C·H·W], not to be changed
     */
    void accept(int step, float[] xt, float[] x0);
  }

  /** Draws the same, telling of every step as soon as it is made. */
  public Trajectory sample(Seed seed, Condition condition, StepSink sink) {
    return draw(new Drawing(this, seed, condition), Progress.Task.SILENT, sink);
  }

  /** The seed of image n of a root seed, as all drawings of Journey name it. */
  public static Seed seed(long root, int n) {
    return Drawing.seed(root, n);
  }

  /**
   * Pictures from p_θ(·|x_t) (Georgiev et al., section 2.2): drawings are continued from their
   * latents at one step to the end, several in one pass of the model. Each takes its noise from its
   * own seed, named as in {@link #sample(Seed)}, so that it does not depend on the others, but for
   * rounding. A scheduler that remembers earlier outputs begins without any.
   *
   * @param xt the latents at step t, [B][C·H·W]
   * @param step t, one of {@link #timesteps()}
   * @param condition of all
   * @param seeds one for each drawing, [B]
   * @param progress told of every step of every drawing
   * @return the pictures, [B][C·H·W]
   * @throws JourneyException if no step has this t
   */
  public float[][] finish(
      float[][] xt, int step, Condition condition, List<Seed> seeds, Progress.Task progress) {
    int from = Trajectory.indexOf(timesteps, step);
    return advance(xt, from, timesteps.length, condition, seeds, progress);
  }

  /**
   * Takes some steps of several drawings, so that different models can take those of different
   * parts: {@link #finish} is all that are left.
   *
   * @param xt the latents before the first of them, [B][C·H·W]
   * @param from the index of the first in {@link #timesteps()}
   * @param to the index after the last
   * @param condition of all
   * @param seeds one for each drawing, [B]
   * @param progress told of every step of every drawing
   * @return the latents after the last, [B][C·H·W]
   */
  public float[][] advance(
      float[][] xt,
      int from,
      int to,
      Condition condition,
      List<Seed> seeds,
      Progress.Task progress) {
    if (from == to) {
      return xt.clone();
    }
    // Later calls of the first timestep repeat it: the latents given are those of the last.
    int first = kept[from];
    int end = to < kept.length ? kept[to] : calls.length;
    float[][] x = xt.clone();
    InferenceSteps.State[] states = new InferenceSteps.State[xt.length];
    Arrays.setAll(states, b -> steps.begin(first));
    for (int call = first; call < end; call++) {
      float[][] output = outputs(x, calls[call], condition);
      for (int b = 0; b < x.length; b++) {
        float[] noise = addsNoise() ? Drawing.noise(seeds.get(b), this, call) : null;
        x[b] = states[b].step(call, x[b], output[b], noise);
        requireFinite(x[b], calls[call]);
      }
      progress.advance(isKept(call) ? x.length : 0);
    }
    return x;
  }

  /**
   * Draws one image call by call.
   *
   * @param drawing its start, noise and condition
   * @param progress told of every step
   */
  Trajectory draw(Drawing drawing, Progress.Task progress) {
    return draw(drawing, progress, (step, xt, x0) -> {});
  }

  private Trajectory draw(Drawing drawing, Progress.Task progress, StepSink sink) {
    NoiseSchedule schedule = checkpoint.schedule();
    float[] x = times(drawing.start(), steps.initNoiseSigma());
    InferenceSteps.State state = steps.begin(0);
    float[][] xt = new float[timesteps.length][];
    float[][] x0 = new float[timesteps.length][];
    int step = 0;
    for (int call = 0; call < calls.length; call++) {
      float[] output = output(x, calls[call], drawing.condition());
      if (isKept(call)) {
        xt[step] = x;
        x0[step] = schedule.predictedOriginal(x, output, calls[call]);
        sink.accept(step, xt[step], x0[step]);
        step++;
      }
      float[] noise = addsNoise() ? drawing.noise().apply(call) : null;
      x = state.step(call, x, output, noise);
      requireFinite(x, calls[call]);
      progress.advance(isKept(call) ? 1 : 0);
    }
    return new Trajectory(
        checkpoint.model().shape(),
        checkpoint.fingerprint(),
        null,
        drawing.seed(),
        drawing.condition(),
        guidance,
        timesteps(),
        xt,
        x0,
        x);
  }

  private static float[] times(float[] values, double factor) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (values[i] * factor);
    }
    return out;
  }

  private void requireFinite(float[] x, int timestep) {
    for (float value : x) {
      if (!Float.isFinite(value)) {
        throw new JourneyException(
            "Sampling "
                + checkpoint.name()
                + " leaves the numbers at step "
                + timestep
                + " ("
                + value
                + "): turn clip_sample on in its scheduler_config.json, or train it anew.");
      }
    }
  }

  /** Draws images into memory by a model that takes no conditions; see below. */
  public List<Trajectory> sample(long seed, int count, RunContext context) {
    return sample(seed, count, List.of(Condition.NONE), context);
  }

  /**
   * Draws images 0..count−1 of a root seed into memory; image n is the same whatever the count.
   *
   * @param conditions taken in turn: image n has number n mod size
   * @throws SettingException if the model does not take these conditions
   */
  public List<Trajectory> sample(
      long seed, int count, List<Condition> conditions, RunContext context) {
    Drawing.requireCount(count);
    checkpoint.inputs().conditioning().requireChoice(conditions);
    Trajectory[] drawn = new Trajectory[count];
    long total = (long) count * timesteps.length;
    try (Progress.Task task =
        context.progress().start("Sampling " + Counted.of(count, "images"), total, "steps")) {
      context
          .workers()
          .forEach(
              count,
              n -> {
                Condition condition = conditions.get(n % conditions.size());
                drawn[n] = new Drawing(this, Drawing.seed(seed, n), condition).run(task);
              });
    }
    return List.of(drawn);
  }

  /** t of a call of the model. */
  int timestepOf(int call) {
    return calls[call];
  }
}
