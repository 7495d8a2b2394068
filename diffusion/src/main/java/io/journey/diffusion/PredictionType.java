package io.journey.diffusion;

/**
 * The objective that a model predicts from x_t = s·x_0 + σ·ε, where s = √ᾱ_t ({@code signal}) and σ
 * = √(1−ᾱ_t) ({@code sigma}). The velocity is that of Salimans and Ho (2022).
 */
public enum PredictionType {
  /** The noise ε. */
  EPSILON {
    @Override
    double target(double image, double noise, double signal, double sigma) {
      return noise;
    }

    @Override
    public double original(double xt, double output, double signal, double sigma) {
      return (xt - sigma * output) * (1 / signal);
    }

    @Override
    double noise(double xt, double output, double signal, double sigma) {
      return output;
    }
  },
  /** The clean image x_0. */
  SAMPLE {
    @Override
    double target(double image, double noise, double signal, double sigma) {
      return image;
    }

    @Override
    public double original(double xt, double output, double signal, double sigma) {
      return output;
    }

    @Override
    double noise(double xt, double output, double signal, double sigma) {
      return (xt - signal * output) / sigma;
    }
  },
  /** The velocity v = s·ε − σ·x_0. */
  V_PREDICTION {
    @Override
    double target(double image, double noise, double signal, double sigma) {
      return signal * noise - sigma * image;
    }

    @Override
    public double original(double xt, double output, double signal, double sigma) {
      return signal * xt - sigma * output;
    }

    @Override
    double noise(double xt, double output, double signal, double sigma) {
      return signal * output + sigma * xt;
    }
  };

  /** Returns the right prediction for x_0 and ε. */
  abstract double target(double image, double noise, double signal, double sigma);

  /**
   * Returns x̂0 from x_t and the model's output.
   *
   * @param signal √ᾱ_t
   * @param sigma √(1−ᾱ_t)
   */
  public abstract double original(double xt, double output, double signal, double sigma);

  /** ε̂ from x_t and the model's output. */
  abstract double noise(double xt, double output, double signal, double sigma);
}
