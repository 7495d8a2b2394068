package io.journey.latent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.nn.Conv2d;
import io.journey.nn.Downsample2D;
import io.journey.nn.GroupNorm;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import io.journey.nn.Resampler;
import io.journey.nn.ResnetBlock2D;
import io.journey.nn.SpatialAttention;
import io.journey.nn.Tape;
import io.journey.nn.Upsample2D;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The autoencoder of latent diffusion (Rombach et al. 2022, appendix G), whose posterior is a
 * Gaussian of diagonal covariance, in the layout of diffusers' {@code AutoencoderKL}: same weights,
 * same names, same numbers. Symbols as in the package's description; c_i channels at level i.
 */
final class AutoencoderKL implements AutoencoderNetwork {
  /** ε of every norm: not the 1e-5 of U-Nets, and no option. */
  static final double EPS = 1e-6;

  /** Bounds of the logarithm of the posterior's variance. */
  private static final double LOG_VARIANCE_MIN = -30;

  private static final double LOG_VARIANCE_MAX = 20;

  /** One half of the autoencoder: {@code encoder} or {@code decoder}. */
  private record Half(
      String name, Conv2d convIn, List<KlBlock> blocks, GroupNorm normOut, Conv2d convOut)
      implements Module {
    @Override
    public List<Module> children() {
      List<Module> children = new ArrayList<>(blocks);
      children.add(0, convIn);
      children.add(normOut);
      children.add(convOut);
      return children;
    }

    Tensor forward(Tensor x) {
      Tensor h = convIn.forward(x, Tape.NONE);
      for (KlBlock block : blocks) {
        Tensor in = h;
        h = Libtorch.inOwnScope(() -> block.forward(in));
      }
      Tensor last = h;
      return Libtorch.inOwnScope(
          () -> convOut.forward(torch.silu(normOut.forward(last, Tape.NONE)), Tape.NONE));
    }
  }

  private final AutoencoderKLConfig config;
  private final Parameters parameters = new Parameters();
  private final Half encoder;
  private final Half decoder;
  private final Conv2d quantConv;
  private final Conv2d postQuantConv;

  /** Announces the weights. */
  AutoencoderKL(AutoencoderKLConfig config) {
    this.config = config;
    int latents = config.latentChannels();
    encoder = encoder();
    decoder = decoder();
    quantConv =
        config.useQuantConv()
            ? new Conv2d(parameters, "quant_conv", 2 * latents, 2 * latents, 1, 1, 0)
            : null;
    postQuantConv =
        config.usePostQuantConv()
            ? new Conv2d(parameters, "post_quant_conv", latents, latents, 1, 1, 0)
            : null;
  }

  private Half encoder() {
    List<Integer> widths = config.blockOutChannels();
    int first = widths.get(0);
    int last = widths.get(widths.size() - 1);
    Conv2d convIn = new Conv2d(parameters, "encoder.conv_in", config.inChannels(), first, 3, 1, 1);
    List<KlBlock> blocks = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      String name = "encoder.down_blocks." + i;
      int out = widths.get(i);
      List<Resampler> parts =
          resnets(name, i == 0 ? first : widths.get(i - 1), out, config.layersPerBlock());
      if (i + 1 < widths.size()) {
        parts.add(new Downsample2D(parameters, name + ".downsamplers.0", out, 0));
      }
      blocks.add(new KlBlock(name, parts, null));
    }
    blocks.add(mid("encoder.mid_block", last));
    return half("encoder", convIn, blocks, last, 2 * config.latentChannels());
  }

  private Half decoder() {
    List<Integer> widths = config.blockOutChannels();
    int last = widths.get(widths.size() - 1);
    Conv2d convIn =
        new Conv2d(parameters, "decoder.conv_in", config.latentChannels(), last, 3, 1, 1);
    List<KlBlock> blocks = new ArrayList<>();
    blocks.add(mid("decoder.mid_block", last));
    int in = last;
    for (int i = 0; i < widths.size(); i++) {
      String name = "decoder.up_blocks." + i;
      int out = widths.get(widths.size() - 1 - i);
      List<Resampler> parts = resnets(name, in, out, config.layersPerBlock() + 1);
      if (i + 1 < widths.size()) {
        parts.add(new Upsample2D(parameters, name + ".upsamplers.0", out));
      }
      blocks.add(new KlBlock(name, parts, null));
      in = out;
    }
    return half("decoder", convIn, blocks, in, config.outChannels());
  }

  private Half half(String name, Conv2d convIn, List<KlBlock> blocks, int width, int out) {
    return new Half(
        name,
        convIn,
        blocks,
        new GroupNorm(parameters, name + ".conv_norm_out", width, config.normNumGroups(), EPS),
        new Conv2d(parameters, name + ".conv_out", width, out, 3, 1, 1));
  }

  /** Two residual blocks, attention of one head between them. */
  private KlBlock mid(String name, int width) {
    List<Resampler> parts = resnets(name, width, width, 2);
    SpatialAttention attention =
        config.midBlockAddAttention()
            ? new SpatialAttention(
                parameters, name + ".attentions.0", width, width, config.normNumGroups(), EPS, 1)
            : null;
    return new KlBlock(name, parts, attention);
  }

  private List<Resampler> resnets(String name, int in, int out, int count) {
    List<Resampler> resnets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      resnets.add(
          new ResnetBlock2D(
              parameters,
              name + ".resnets." + i,
              i == 0 ? in : out,
              out,
              0,
              config.normNumGroups(),
              EPS,
              config.actFn(),
              ResnetBlock2D.TimeNorm.DEFAULT,
              1,
              ResnetBlock2D.Resample.NONE));
    }
    return resnets;
  }

  @Override
  public Encoded encode(Tensor images) {
    Tensor moments = moments(images); // (B, 2L, H/s, W/s)
    int latents = config.latentChannels();
    Tensor logVariance =
        torch.clamp(
            moments.narrow(1, latents, latents),
            new ScalarOptional(new Scalar(LOG_VARIANCE_MIN)),
            new ScalarOptional(new Scalar(LOG_VARIANCE_MAX)));
    return new Encoded(moments.narrow(1, 0, latents), logVariance.mul(new Scalar(0.5)).exp());
  }

  /** Means, then logarithms of variances: (B, C, H, W) -> (B, 2L, H/s, W/s) */
  Tensor moments(Tensor images) {
    Tensor h = encoder.forward(images);
    return quantConv == null ? h : quantConv.forward(h, Tape.NONE);
  }

  @Override
  public Tensor decode(Tensor latents) {
    return decoder.forward(
        postQuantConv == null ? latents : postQuantConv.forward(latents, Tape.NONE));
  }

  @Override
  public ObjectNode toDiffusers() {
    return config.toDiffusers();
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public int imageChannels() {
    return config.inChannels();
  }

  @Override
  public int latentChannels() {
    return config.latentChannels();
  }

  @Override
  public int scale() {
    return 1 << (config.blockOutChannels().size() - 1);
  }

  @Override
  public double scalingFactor() {
    return config.scalingFactor();
  }

  @Override
  public double shiftFactor() {
    return config.shiftFactor() == null ? 0 : config.shiftFactor();
  }

  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>(List.of(encoder, decoder));
    if (quantConv != null) {
      children.add(quantConv);
    }
    if (postQuantConv != null) {
      children.add(postQuantConv);
    }
    return children;
  }
}
