package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Doubles images, then convolves, in the layout of diffusers' {@code Upsample2D}. */
public final class Upsample2D implements Resampler {
  private final String name;
  private final Conv2d conv;

  /** Announces the weights of the convolution. */
  public Upsample2D(Parameters parameters, String name, int channels) {
    this.name = name;
    this.conv = new Conv2d(parameters, name + ".conv", channels, channels, 3, 1, 1);
  }

  /** (B, C, H, W) -> (B, C, 2H, 2W), whatever the time. */
  @Override
  public Tensor forward(Tensor x, Tensor temb, Tape tape) {
    return conv.forward(ResnetBlock2D.Resample.UP.of(x), tape);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    return List.of(conv);
  }
}
