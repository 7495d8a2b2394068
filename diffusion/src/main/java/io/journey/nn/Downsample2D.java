package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Halves images by a convolution, in the layout of diffusers' {@code Downsample2D}. */
public final class Downsample2D implements Resampler {
  private final String name;
  private final Conv2d conv;

  /**
   * Announces the weights of the convolution.
   *
   * @param padding 1, or 0 for zeros at the right and bottom
   */
  public Downsample2D(Parameters parameters, String name, int channels, int padding) {
    this.name = name;
    this.conv = new Conv2d(parameters, name + ".conv", channels, channels, 3, 2, padding);
  }

  /** (B, C, H, W) -> (B, C, H/2, W/2), whatever the time. */
  @Override
  public Tensor forward(Tensor x, Tensor temb, Tape tape) {
    return conv.forward(conv.padding() == 1 ? x : torch.constant_pad_nd(x, 0, 1, 0, 1), tape);
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
