package io.journey.scheduler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.NoiseSchedule;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.util.Arrays;

/**
 * DPM-Solver++(2M) (Lu et al. 2022b, Algorithm 2; midpoint), as diffusers' {@code
 * DPMSolverMultistepScheduler}. Its latents are x_t.
 *
 * <p>Code to paper: {@code signal} α_t, {@code noise} σ_t, {@code lambda} λ_t = log(α_t/σ_t),
 * {@code h} λ_t − λ_s.
 *
 * @param thresholding dynamic thresholding of x̂0 (Saharia et al. 2022)
 * @param dynamicThresholdingRatio the quantile of |x̂0| it takes, 0..1
 * @param sampleMaxValue the largest threshold, above 0
 * @param lowerOrderFinal whether the last of fewer than 15 steps is of first order
 * @param eulerAtFinal whether the last step always is
 * @param finalSigmasType σ behind the last step; with 0 the last step is of first order
 * @param timestepSpacing which timesteps are visited
 * @param stepsOffset added to leading timesteps, at least 0
 */
public record DpmSolverMultistepScheduler(
    boolean thresholding,
    double dynamicThresholdingRatio,
    double sampleMaxValue,
    boolean lowerOrderFinal,
    boolean eulerAtFinal,
    FinalSigmasType finalSigmasType,
    TimestepSpacing timestepSpacing,
    int stepsOffset)
    implements Scheduler {
  private static final int FEW_STEPS = 15;

  public DpmSolverMultistepScheduler {
    Clipping.require(1, dynamicThresholdingRatio, sampleMaxValue);
    TimestepSpacing.requireOffset(stepsOffset);
  }

  /** diffusers' defaults. */
  public DpmSolverMultistepScheduler() {
    this(false, 0.995, 1, true, false, FinalSigmasType.ZERO, TimestepSpacing.LINSPACE, 0);
  }

  @Override
  public String name() {
    return "dpm-solver++";
  }

  @Override
  public String className() {
    return "DPMSolverMultistepScheduler";
  }

  @Override
  public boolean addsNoise() {
    return false;
  }

  @Override
  public ObjectNode fixedOptions() {
    return Json.object()
        .put("solver_order", 2)
        .put("algorithm_type", "dpmsolver++")
        .put("solver_type", "midpoint")
        .put("use_karras_sigmas", false)
        .put("use_exponential_sigmas", false)
        .put("use_beta_sigmas", false)
        .put("use_lu_lambdas", false)
        .put("use_flow_sigmas", false)
        .put("flow_shift", 1.0)
        .put("lambda_min_clipped", Double.NEGATIVE_INFINITY)
        .put("use_dynamic_shifting", false)
        .put("time_shift_type", "exponential");
  }

  @Override
  public InferenceSteps steps(NoiseSchedule schedule, int count) {
    return new Steps(
        this, NoiseLevels.of(schedule, timesteps(schedule.steps(), count), finalSigmasType));
  }

  /** Leading and linspace divide into one step more than is taken: the last would be at t = 0. */
  private int[] timesteps(int trainSteps, int count) {
    if (timestepSpacing == TimestepSpacing.TRAILING) {
      return timestepSpacing.timesteps(trainSteps, count, stepsOffset);
    }
    if (count < 1 || count >= trainSteps) {
      throw new SettingException(
          "inference steps of DPMSolverMultistepScheduler must be between 1 and "
              + (trainSteps - 1)
              + " unless its timestep_spacing is trailing, got "
              + count);
    }
    return Arrays.copyOf(timestepSpacing.timesteps(trainSteps, count + 1, stepsOffset), count);
  }

  private record Steps(DpmSolverMultistepScheduler options, NoiseLevels levels)
      implements InferenceSteps {
    @Override
    public int[] timesteps() {
      return levels.timesteps();
    }

    @Override
    public State begin(int index) {
      return new Previous(this);
    }

    private boolean isFirstOrder(int index) {
      int count = levels.timesteps().length;
      return index == count - 1
          && (options.eulerAtFinal
              || (options.lowerOrderFinal && count < FEW_STEPS)
              || levels.sigmas()[count] == 0);
    }

    private float[] original(int index, float[] xt, float[] output) {
      float[] x0 = new float[xt.length];
      for (int i = 0; i < x0.length; i++) {
        x0[i] = (float) levels.original(index, xt[i], output[i]);
      }
      if (options.thresholding) {
        Clipping clipping =
            Clipping.dynamic(x0, options.dynamicThresholdingRatio, options.sampleMaxValue);
        for (int i = 0; i < x0.length; i++) {
          x0[i] = (float) clipping.clip(x0[i]);
        }
      }
      return x0;
    }

    private double lambda(int index) {
      return -Math.log(levels.sigmas()[index]);
    }
  }

  /** x̂0 of the step before. */
  private static final class Previous implements InferenceSteps.State {
    private final Steps steps;
    private float[] previous;

    Previous(Steps steps) {
      this.steps = steps;
    }

    @Override
    public float[] step(int index, float[] xt, float[] output, float[] noise) {
      NoiseLevels levels = steps.levels;
      float[] x0 = steps.original(index, xt, output);
      double h = steps.lambda(index + 1) - steps.lambda(index);
      double xtWeight = levels.noise(index + 1) / levels.noise(index);
      double x0Weight = -levels.signal(index + 1) * Math.expm1(-h);
      boolean first = previous == null || steps.isFirstOrder(index);
      // ½/r with r = h_before/h.
      double change = first ? 0 : 0.5 * h / (steps.lambda(index) - steps.lambda(index - 1));
      float[] out = new float[xt.length];
      for (int i = 0; i < out.length; i++) {
        double ahead = first ? x0[i] : x0[i] + change * (x0[i] - previous[i]);
        out[i] = (float) (xtWeight * xt[i] + x0Weight * ahead);
      }
      previous = x0;
      return out;
    }
  }
}
