package io.journey.scheduler;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.journey.diffusion.NoiseSchedule;

/** The noise level σ = √((1−ᾱ)/ᾱ) behind the last step. */
public enum FinalSigmasType {
  /** 0: the last step gives x̂0. */
  @JsonProperty("zero")
  ZERO {
    @Override
    double sigma(NoiseSchedule schedule) {
      return 0;
    }
  },
  /** That of t = 0. */
  @JsonProperty("sigma_min")
  SIGMA_MIN {
    @Override
    double sigma(NoiseSchedule schedule) {
      return NoiseLevels.sigma(schedule, 0);
    }
  };

  abstract double sigma(NoiseSchedule schedule);
}
