package io.journey.sampling;

import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.ClosedFormDenoiser;
import io.journey.model.Denoiser;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.tensor.Libtorch;
import org.bytedeco.pytorch.Tensor;

/** Knows the image: predicts exactly what x_t says of ε, x_0 or v, in float64. */
record OracleDenoiser(ImageShape shape, NoiseSchedule schedule, float[] image, Denoiser plain)
    implements Denoiser {

  static OracleDenoiser of(ImageShape shape, NoiseSchedule schedule, double value) {
    float[] image = new float[shape.numel()];
    java.util.Arrays.fill(image, (float) value);
    return of(shape, schedule, image);
  }

  static OracleDenoiser of(ImageShape shape, NoiseSchedule schedule, float[] image) {
    return new OracleDenoiser(shape, schedule, image, new ClosedFormDenoiser(shape, 0, t -> 0));
  }

  @Override
  public Parameters parameters() {
    return plain.parameters();
  }

  @Override
  public Tensor predict(DenoiserInput in, Tape tape) {
    double[] x = Libtorch.doubles(in.sample());
    double signal = Math.sqrt(schedule.alphaBar(in.wholeTimesteps()[0]));
    double sigma = Math.sqrt(1 - schedule.alphaBar(in.wholeTimesteps()[0]));
    for (int i = 0; i < x.length; i++) {
      double noise = (x[i] - signal * image[i]) / sigma;
      x[i] =
          switch (schedule.predictionType()) {
            case EPSILON -> noise;
            case SAMPLE -> image[i];
            case V_PREDICTION -> signal * noise - sigma * image[i];
          };
    }
    return Libtorch.of(x).view(1, shape.channels(), shape.height(), shape.width());
  }
}
