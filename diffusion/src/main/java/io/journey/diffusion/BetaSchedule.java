package io.journey.diffusion;

/**
 * The schedule by which β_t follows from T, β_0 and β_{T−1}, in float64; names and formulas of
 * diffusers.
 */
public enum BetaSchedule {
  /** β linear in t (Ho et al. 2020). */
  LINEAR {
    @Override
    double beta(int t, int steps, double start, double end) {
      return between(t, steps, start, end);
    }
  },
  /** √β linear in t (Rombach et al. 2022). */
  SCALED_LINEAR {
    @Override
    double beta(int t, int steps, double start, double end) {
      double root = between(t, steps, Math.sqrt(start), Math.sqrt(end));
      return root * root;
    }
  },
  /**
   * β_t = min(0.999, 1 − a((t+1)/T)/a(t/T)) with a(u) = cos²(π/2·(u + 0.008)/1.008) (Nichol and
   * Dhariwal 2021); start and end have no part in it.
   */
  SQUAREDCOS_CAP_V2 {
    @Override
    double beta(int t, int steps, double start, double end) {
      double now = squaredCosine((double) t / steps);
      double next = squaredCosine((double) (t + 1) / steps);
      return Math.min(1 - next / now, LARGEST);
    }
  },
  /** β between start and end along the logistic function of −6 to 6. */
  SIGMOID {
    @Override
    double beta(int t, int steps, double start, double end) {
      double x = between(t, steps, -6, 6);
      return (end - start) / (1 + StrictMath.exp(-x)) + start;
    }
  };

  private static final double LARGEST = 0.999;

  /** β_t, 0 &lt;= t &lt; steps. */
  abstract double beta(int t, int steps, double start, double end);

  private static double between(int t, int steps, double start, double end) {
    return steps == 1 ? start : start + (end - start) * t / (steps - 1);
  }

  private static double squaredCosine(double u) {
    double cosine = StrictMath.cos((u + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }
}
