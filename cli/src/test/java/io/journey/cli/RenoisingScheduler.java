package io.journey.cli;

import io.journey.diffusion.NoiseSchedule;
import io.journey.scheduler.InferenceSteps;
import io.journey.scheduler.Scheduler;
import io.journey.scheduler.TimestepSpacing;

/**
 * Multistep consistency sampling (Song et al. 2023, Algorithm 1): every step jumps to x̂0 and adds
 * fresh noise for the next. A scheduler of a module of its own.
 *
 * @param timestepSpacing which timesteps are visited
 */
public record RenoisingScheduler(TimestepSpacing timestepSpacing) implements Scheduler {
  /** Trailing steps. */
  public RenoisingScheduler() {
    this(TimestepSpacing.TRAILING);
  }

  @Override
  public String name() {
    return "renoising";
  }

  @Override
  public String className() {
    return "RenoisingScheduler";
  }

  @Override
  public boolean addsNoise() {
    return true;
  }

  @Override
  public InferenceSteps steps(NoiseSchedule schedule, int count) {
    int[] timesteps = timestepSpacing.timesteps(schedule.steps(), count, 0);
    return new InferenceSteps() {
      @Override
      public int[] timesteps() {
        return timesteps;
      }

      @Override
      public State begin(int first) {
        return (index, xt, output, noise) -> {
          float[] x0 = schedule.predictedOriginal(xt, output, timesteps[index]);
          double next = index + 1 < count ? schedule.alphaBar(timesteps[index + 1]) : 1;
          float[] out = new float[x0.length];
          for (int i = 0; i < out.length; i++) {
            out[i] = (float) (Math.sqrt(next) * x0[i] + Math.sqrt(1 - next) * noise[i]);
          }
          return out;
        };
      }
    };
  }
}
