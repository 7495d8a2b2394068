package io.journey.nn;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The residual block of DDPM's U-Net (Ho et al. 2020), in the layout of diffusers' {@code
 * ResnetBlock2D}.
 */
public final class ResnetBlock2D implements Resampler {
  /** The change of a block's image size. */
  public enum Resample {
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

  /** The way in which the time embedding enters. */
  public enum TimeNorm {
    /** It is added before the second norm. */
    @JsonProperty("default")
    DEFAULT,
    /** As scale and shift after the second norm. */
    @JsonProperty("scale_shift")
    SCALE_SHIFT
  }

  private final String name;
  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Linear timeEmbProj;
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final Conv2d convShortcut;
  private final Activation activation;
  private final TimeNorm timeNorm;
  private final double outputScaleFactor;
  private final Resample resample;

  /**
   * Announces the weights: norm, convolution, time, norm, convolution, and where channels differ a
   * convolution of the shortcut.
   *
   * @param in channels I
   * @param out channels O
   * @param temb E, the width of the time embedding; 0 for a block that is not told the time
   * @param groups of both norms
   * @param eps ε of both norms
   * @param activation before each convolution
   * @param timeNorm how the time embedding enters
   * @param outputScaleFactor the sum of shortcut and residual is divided by it
   * @param resample what happens to the size of the images
   */
  public ResnetBlock2D(
      Parameters parameters,
      String name,
      int in,
      int out,
      int temb,
      int groups,
      double eps,
      Activation activation,
      TimeNorm timeNorm,
      double outputScaleFactor,
      Resample resample) {
    this.name = name;
    this.activation = activation;
    this.timeNorm = timeNorm;
    this.outputScaleFactor = outputScaleFactor;
    this.resample = resample;
    norm1 = new GroupNorm(parameters, name + ".norm1", in, groups, eps);
    conv1 = new Conv2d(parameters, name + ".conv1", in, out, 3, 1, 1);
    int width = timeNorm == TimeNorm.SCALE_SHIFT ? 2 * out : out;
    timeEmbProj = temb == 0 ? null : new Linear(parameters, name + ".time_emb_proj", temb, width);
    norm2 = new GroupNorm(parameters, name + ".norm2", out, groups, eps);
    conv2 = new Conv2d(parameters, name + ".conv2", out, out, 3, 1, 1);
    convShortcut =
        in == out ? null : new Conv2d(parameters, name + ".conv_shortcut", in, out, 1, 1, 0);
  }

  /** x (B, I, H, W), activated time embedding (B, E) -> (B, O, H', W') */
  @Override
  public Tensor forward(Tensor x, Tensor temb, Tape tape) {
    Tensor h = resample.of(activation.apply(norm1.forward(x, tape))); // (B, I, H', W')
    h = conv1.forward(h, tape); // (B, O, H', W')
    h = conv2.forward(activation.apply(timed(h, temb, tape)), tape);
    Tensor shortcut = resample.of(x);
    h = h.add(convShortcut == null ? shortcut : convShortcut.forward(shortcut, tape));
    return outputScaleFactor == 1 ? h : h.div(new Scalar(outputScaleFactor));
  }

  /** Tells the second norm the time: (B, O, H', W') -> (B, O, H', W') */
  private Tensor timed(Tensor h, Tensor temb, Tape tape) {
    if (timeEmbProj == null) {
      return norm2.forward(h, tape);
    }
    Tensor time = timeEmbProj.forward(temb, tape).unsqueeze(2).unsqueeze(3); // (B, O or 2·O, 1, 1)
    if (timeNorm == TimeNorm.DEFAULT) {
      return norm2.forward(h.add(time), tape);
    }
    long out = h.size(1);
    Tensor scale = time.narrow(1, 0, out).add(new Scalar(1.0));
    return norm2.forward(h, tape).mul(scale).add(time.narrow(1, out, out));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Module> children() {
    return Stream.of(norm1, conv1, timeEmbProj, norm2, conv2, convShortcut)
        .filter(Objects::nonNull)
        .<Module>map(module -> module)
        .toList();
  }
}
