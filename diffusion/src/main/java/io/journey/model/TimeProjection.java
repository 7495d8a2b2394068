package io.journey.model;

import io.journey.diffusion.DenoiserInput;
import io.journey.nn.Embedding;
import io.journey.nn.Module;
import io.journey.nn.Parameter;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Numbers from timesteps, or from classes taken as timesteps: diffusers' {@code time_proj}. */
sealed interface TimeProjection extends Module {
  @Override
  default String name() {
    return "time_proj";
  }

  @Override
  default List<Module> children() {
    return List.of();
  }

  /** (B) -> (B, width) */
  Tensor forward(float[] timesteps, Tape tape);

  /** Returns how many numbers one timestep becomes. */
  int width();

  static TimeProjection of(UNet2DConfig config, Parameters parameters) {
    int channels = config.blockOutChannels().get(0);
    return switch (config.timeEmbeddingType()) {
      case POSITIONAL ->
          new Positional(channels, config.flipSinToCos(), config.freqShift(), parameters);
      case FOURIER -> new Fourier(parameters, channels);
      case LEARNED -> new Learned(parameters, config.numTrainTimesteps(), channels);
    };
  }

  /**
   * Sinusoids of t at width/2 frequencies (Ho et al. 2020), rounded to float32 after each operation
   * as diffusers does. An odd width ends with a zero.
   */
  record Positional(int width, boolean flipSinToCos, int freqShift, Parameters parameters)
      implements TimeProjection {
    @Override
    public Tensor forward(float[] timesteps, Tape tape) {
      int half = width / 2;
      float[] out = new float[timesteps.length * width];
      for (int k = 0; k < half; k++) {
        float exponent = (float) -Math.log(10000) * k / (half - freqShift);
        float frequency = (float) StrictMath.exp(exponent);
        for (int b = 0; b < timesteps.length; b++) {
          float angle = timesteps[b] * frequency;
          float sin = (float) StrictMath.sin(angle);
          float cos = (float) StrictMath.cos(angle);
          out[b * width + k] = flipSinToCos ? cos : sin;
          out[b * width + half + k] = flipSinToCos ? sin : cos;
        }
      }
      return Libtorch.of(out, parameters.type(), timesteps.length, width);
    }
  }

  /**
   * Sinusoids of log t at fixed random frequencies w (Song et al. 2021): sin 2πw·log t, then cos.
   * The logarithm is rounded to float32, as diffusers does in every precision.
   */
  final class Fourier implements TimeProjection {
    /** The standard deviation of w that diffusers starts with. */
    private static final double SCALE = 16;

    private final Parameters parameters;
    private final Parameter weight; // (c_0), no part of θ

    Fourier(Parameters parameters, int channels) {
      this.parameters = parameters;
      this.weight = parameters.addFrozen("time_proj.weight", SCALE, channels);
    }

    @Override
    public Tensor forward(float[] timesteps, Tape tape) {
      float[] logs = new float[timesteps.length];
      for (int b = 0; b < logs.length; b++) {
        if (timesteps[b] < 1) {
          throw new JourneyException(
              "The model has time_embedding_type fourier, which takes the logarithm of a timestep,"
                  + " and was asked for timestep "
                  + DenoiserInput.text(timesteps[b])
                  + ": use timesteps and classes of at least 1, or another model.");
        }
        logs[b] = (float) StrictMath.log(timesteps[b]);
      }
      Tensor column = Libtorch.of(logs, parameters.type(), logs.length, 1);
      Tensor angles = // (B, c_0)
          column.mul(weight.tensor()).mul(new Scalar(2.0)).mul(new Scalar(Math.PI));
      return torch.cat(new TensorVector(angles.sin(), angles.cos()), 1);
    }

    @Override
    public int width() {
      return 2 * weight.numel();
    }

    @Override
    public List<Parameter> ownWeights() {
      return List.of(weight);
    }
  }

  /** A row of weights for each t. */
  record Learned(Embedding table, int width) implements TimeProjection {
    Learned(Parameters parameters, int timesteps, int width) {
      this(new Embedding(parameters, "time_proj", timesteps, width), width);
    }

    @Override
    public List<Module> children() {
      return List.of(table);
    }

    @Override
    public Tensor forward(float[] timesteps, Tape tape) {
      int[] rows = new int[timesteps.length];
      for (int b = 0; b < rows.length; b++) {
        float t = timesteps[b];
        rows[b] = (int) t;
        if (t < 0 || t >= table.rows() || rows[b] != t) {
          throw new JourneyException(
              "The model has learned an embedding of timesteps 0 to "
                  + (table.rows() - 1)
                  + " and was asked for "
                  + DenoiserInput.text(t)
                  + ": use a schedule, or classes, within them.");
        }
      }
      return table.forward(Libtorch.of(rows), tape);
    }
  }
}
