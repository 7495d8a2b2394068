package io.journey.scheduler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.NoiseSchedule;
import io.journey.diffusion.PredictionType;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Pseudo linear multistep (PLMS; Liu et al. 2022, formulas 9 and 12), as Stable Diffusion
 * configures diffusers' {@code PNDMScheduler}: without Runge-Kutta steps, the first step is taken
 * twice. The model is asked at t_0, t_1, and once more at t_1 with latents made of both outputs.
 *
 * @param setAlphaToOne whether ᾱ behind the last step is 1, otherwise ᾱ_0
 * @param timestepSpacing which timesteps are visited
 * @param stepsOffset added to leading timesteps, at least 0
 */
public record PndmScheduler(boolean setAlphaToOne, TimestepSpacing timestepSpacing, int stepsOffset)
    implements Scheduler {

  public PndmScheduler {
    TimestepSpacing.requireOffset(stepsOffset);
  }

  /** diffusers' defaults, without Runge-Kutta steps. */
  public PndmScheduler() {
    this(false, TimestepSpacing.LEADING, 0);
  }

  @Override
  public String name() {
    return "pndm";
  }

  @Override
  public String className() {
    return "PNDMScheduler";
  }

  @Override
  public boolean addsNoise() {
    return false;
  }

  @Override
  public ObjectNode fixedOptions() {
    return Json.object().put("skip_prk_steps", true);
  }

  @Override
  public Set<String> requiredOptions() {
    return Set.of("skip_prk_steps");
  }

  @Override
  public InferenceSteps steps(NoiseSchedule schedule, int count) {
    if (schedule.predictionType() == PredictionType.SAMPLE) {
      throw new SettingException(
          "PNDMScheduler samples from models that predict epsilon or v_prediction, this one predicts"
              + " sample: choose another scheduler");
    }
    int[] visited = timestepSpacing.timesteps(schedule.steps(), count, stepsOffset);
    if (schedule.alphaBar(visited[0]) == 0) {
      throw new SettingException(
          "PNDMScheduler cannot begin at step "
              + visited[0]
              + ", which is pure noise (rescale_betas_zero_snr): use leading spacing, or another"
              + " scheduler");
    }
    int[] timesteps = visited;
    if (count > 1) {
      timesteps = new int[count + 1];
      timesteps[0] = visited[0];
      System.arraycopy(visited, 1, timesteps, 1, 1);
      System.arraycopy(visited, 1, timesteps, 2, count - 1);
    }
    return new Steps(this, schedule, timesteps, schedule.steps() / count);
  }

  private record Steps(PndmScheduler options, NoiseSchedule schedule, int[] timesteps, int stride)
      implements InferenceSteps {
    @Override
    public State begin(int index) {
      return new History(this);
    }

    /** x at t − stride from x at t, formula 9. */
    private float[] transfer(float[] xt, double[] output, int t, int end) {
      double now = schedule.alphaBar(t);
      double then =
          end < 0 && !options.setAlphaToOne ? schedule.alphaBar(0) : schedule.alphaBar(end);
      double xtWeight = Math.sqrt(then / now);
      double divisor = now * Math.sqrt(1 - then) + Math.sqrt(now * (1 - now) * then);
      double noiseWeight = (then - now) / divisor;
      boolean velocity = schedule.predictionType() == PredictionType.V_PREDICTION;
      float[] out = new float[xt.length];
      for (int i = 0; i < out.length; i++) {
        double noise =
            velocity ? Math.sqrt(now) * output[i] + Math.sqrt(1 - now) * xt[i] : output[i];
        out[i] = (float) (xtWeight * xt[i] - noiseWeight * noise);
      }
      return out;
    }
  }

  /** The last outputs of a drawing, four at most. */
  private static final class History implements InferenceSteps.State {
    /** Adams-Bashforth of order 1 to 4: weights of outputs, the newest first. */
    private static final double[][] WEIGHTS = {
      {1},
      {3 / 2., -1 / 2.},
      {23 / 12., -16 / 12., 5 / 12.},
      {55 / 24., -59 / 24., 37 / 24., -9 / 24.}
    };

    private final Steps steps;
    private final Deque<float[]> outputs = new ArrayDeque<>();
    private float[] start;

    History(Steps steps) {
      this.steps = steps;
    }

    @Override
    public float[] step(int index, float[] xt, float[] output, float[] noise) {
      int t = steps.timesteps[index];
      if (index == 1 && start != null) {
        double[] mean = new double[output.length];
        for (int i = 0; i < mean.length; i++) {
          mean[i] = ((double) output[i] + outputs.getFirst()[i]) / 2;
        }
        return steps.transfer(start, mean, t + steps.stride, t);
      }
      start = index == 0 ? xt : null;
      outputs.addFirst(output);
      if (outputs.size() > WEIGHTS.length) {
        outputs.removeLast();
      }
      return steps.transfer(xt, combined(output.length), t, t - steps.stride);
    }

    private double[] combined(int numel) {
      double[] weights = WEIGHTS[outputs.size() - 1];
      double[] sum = new double[numel];
      int order = 0;
      for (float[] output : outputs) {
        for (int i = 0; i < numel; i++) {
          sum[i] += weights[order] * output[i];
        }
        order++;
      }
      return sum;
    }
  }
}
