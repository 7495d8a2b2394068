package io.journey.model;

import io.journey.model.UNet2DConfig.TimeScaleShift;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The residual block of DDPM's U-Net, in the layout of diffusers' {@code ResnetBlock2D}. */
final class ResnetBlock2D implements UNetBlock2D.Sampler {
  /** What a block does to the size of its images. */
  enum Resample {
    /** (H, W) -> (H, W) */
    NONE {
      @Override
      Tensor of(Tensor x) {
        return x;
      }
    },
    /** (H, W) -> (H/2, W/2), the mean of four. */
    DOWN {
      @Override
      Tensor of(Tensor x) {
        return torch.avg_pool2d(x, 2, 2);
      }
    },
    /** (H, W) -> (2H, 2W), each number four times. */
    UP {
      @Override
      Tensor of(Tensor x) {
        return torch.upsample_nearest2d(x, 2 * x.size(2), 2 * x.size(3));
      }
    };

    abstract Tensor of(Tensor x);
  }

  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Linear timeEmbProj;
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final Conv2d convShortcut;
  private final Resample resample;
  private final Activation activation;
  private final boolean scaleShift;
  private final double outputScaleFactor;

  /** A block that keeps the size of its images. */
  ResnetBlock2D(Parameters parameters, String name, int in, int out, UNet2DConfig config) {
    this(parameters, name, in, out, config, Resample.NONE, 1);
  }

  ResnetBlock2D(
      Parameters parameters,
      String name,
      int in,
      int out,
      UNet2DConfig config,
      Resample resample,
      double outputScaleFactor) {
    this.resample = resample;
    this.activation = config.actFn();
    this.scaleShift = config.resnetTimeScaleShift() == TimeScaleShift.SCALE_SHIFT;
    this.outputScaleFactor = outputScaleFactor;
    int groups = config.normNumGroups();
    norm1 = new GroupNorm(parameters, name + ".norm1", in, groups, config.normEps());
    conv1 = new Conv2d(parameters, name + ".conv1", in, out, 3, 1, 1);
    timeEmbProj =
        new Linear(
            parameters,
            name + ".time_emb_proj",
            config.timeEmbeddingWidth(),
            scaleShift ? 2 * out : out);
    norm2 = new GroupNorm(parameters, name + ".norm2", out, groups, config.normEps());
    conv2 = new Conv2d(parameters, name + ".conv2", out, out, 3, 1, 1);
    convShortcut =
        in == out ? null : new Conv2d(parameters, name + ".conv_shortcut", in, out, 1, 1, 0);
  }

  /** x (B, I, H, W), activated time embedding (B, E) -> (B, O, H', W') */
  @Override
  public Tensor forward(Tensor x, Tensor temb, LayerTape tape) {
    Tensor h = resample.of(activation.of(norm1.forward(x, tape))); // (B, I, H', W')
    h = conv1.forward(h, tape); // (B, O, H', W')
    Tensor time = timeEmbProj.forward(temb, tape).unsqueeze(2).unsqueeze(3); // (B, O or 2·O, 1, 1)
    if (scaleShift) {
      long out = h.size(1);
      Tensor scale = time.narrow(1, 0, out).add(new Scalar(1.0));
      h = norm2.forward(h, tape).mul(scale).add(time.narrow(1, out, out));
    } else {
      h = norm2.forward(h.add(time), tape);
    }
    h = conv2.forward(activation.of(h), tape);
    Tensor shortcut = resample.of(x);
    h = h.add(convShortcut == null ? shortcut : convShortcut.forward(shortcut, tape));
    return outputScaleFactor == 1 ? h : h.div(new Scalar(outputScaleFactor));
  }
}
