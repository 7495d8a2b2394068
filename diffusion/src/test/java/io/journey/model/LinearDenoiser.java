package io.journey.model;

import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.tensor.Libtorch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A denoiser of one pixel that is linear in its weights: ε_θ(x, t) = ψ(x, t)·θ with fixed features
 * ψ_j = cos(j·x + t/300 + j²). Float64.
 */
public final class LinearDenoiser implements Denoiser {
  private final Parameters parameters = new Parameters();
  private final Parameter theta;

  public LinearDenoiser(float[] weights) {
    theta = parameters.add("theta", weights.length, weights.length);
    parameters.allocate(ScalarType.Double);
    parameters.set(weights);
  }

  /** ψ(x, t), [p]. */
  public double[] features(double x, int t) {
    double[] psi = new double[parameters.count()];
    for (int j = 0; j < psi.length; j++) {
      psi[j] = Math.cos(j * x + t / 300.0 + j * j);
    }
    return psi;
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(1, 1, 1);
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Tensor predict(DenoiserInput in, Tape tape) {
    int[] timesteps = in.wholeTimesteps();
    double[] x = Libtorch.doubles(in.sample());
    double[] psi = new double[x.length * parameters.count()];
    for (int b = 0; b < x.length; b++) {
      System.arraycopy(
          features(x[b], timesteps[b]), 0, psi, b * parameters.count(), parameters.count());
    }
    Tensor rows = Libtorch.of(psi).view(x.length, parameters.count());
    return torch.matmul(rows, theta.tensor()).view(x.length, 1, 1, 1);
  }
}
