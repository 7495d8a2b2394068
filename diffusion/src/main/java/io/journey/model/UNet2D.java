package io.journey.model;

import io.journey.diffusion.DenoiserInput;
import io.journey.model.UNet2DOptions.TimeEmbeddingType;
import io.journey.nn.Conv2d;
import io.journey.nn.GroupNorm;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.nn.TimestepEmbedding;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The U-Net of DDPM (Ho et al. 2020) in the layout of diffusers' {@code UNet2DModel}: same weights,
 * same names, same numbers as in its evaluation mode.
 *
 * <p>Symbols: B rows, C and C' image channels in and out, E the width of the time embedding, c_i
 * the channels of level i, whose sides are H / 2^i and W / 2^i.
 */
public final class UNet2D implements LayeredDenoiser {
  private final UNet2DConfig config;
  private final Parameters parameters = new Parameters();
  private final Conv2d convIn;
  private final TimeProjection timeProj;
  private final TimestepEmbedding timeEmbedding;
  private final ClassEmbedding classEmbedding;
  private final List<UNetBlock2D> down = new ArrayList<>();
  private final UNetBlock2D mid;
  private final List<UNetBlock2D> up = new ArrayList<>();
  private final GroupNorm normOut;
  private final Conv2d convOut;

  UNet2D(UNet2DConfig config) {
    LeastWeights.require(config);
    this.config = config;
    int first = config.blockOutChannels().get(0);
    int levels = config.blockOutChannels().size();
    convIn = new Conv2d(parameters, "conv_in", config.inChannels(), first, 3, 1, 1);
    timeProj = TimeProjection.of(config, parameters);
    timeEmbedding =
        new TimestepEmbedding(
            parameters, "time_embedding", timeProj.width(), config.timeEmbeddingWidth());
    classEmbedding = ClassEmbedding.of(config, parameters, timeProj);
    UNet2DBlocks blocks = new UNet2DBlocks(parameters, config);
    for (int i = 0; i < levels; i++) {
      down.add(blocks.down(i));
    }
    mid = config.midBlockType() != null ? blocks.mid() : null;
    for (int i = 0; i < levels; i++) {
      up.add(blocks.up(i));
    }
    normOut =
        new GroupNorm(parameters, "conv_norm_out", first, config.normNumGroups(), config.normEps());
    convOut = new Conv2d(parameters, "conv_out", first, config.outChannels(), 3, 1, 1);
  }

  @Override
  public UNet2DConfig config() {
    return config;
  }

  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>();
    children.add(convIn);
    children.add(timeProj);
    children.add(timeEmbedding);
    if (classEmbedding != null) {
      children.add(classEmbedding);
    }
    children.addAll(down);
    if (mid != null) {
      children.add(mid);
    }
    children.addAll(up);
    children.add(normOut);
    children.add(convOut);
    return children;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public int widestOutput() {
    return config.shape().height() * config.shape().width() * config.blockOutChannels().get(0);
  }

  /**
   * Computes the model's output at (x_t, t) and records every use of a layer.
   *
   * @param in x_t has sides divisible by 2^(levels−1)
   * @return [B, C', H, W]
   * @throws JourneyException if the model needs classes and there are none, or has no embedding of
   *     a class or timestep
   */
  @Override
  public Tensor predict(DenoiserInput in, Tape tape) {
    Tensor xt = in.sample();
    Tensor temb = timeEmbedding(in, tape);
    Tensor x = config.centerInputSample() ? xt.mul(new Scalar(2.0)).sub(new Scalar(1.0)) : xt;
    Tensor h = convIn.forward(x, tape); // (B, c_0, H, W)
    Deque<Tensor> skips = new ArrayDeque<>();
    skips.push(h);
    for (UNetBlock2D block : down) {
      h = block.down(h, temb, null, skips, tape); // (B, c_i, H / 2^(i+1), W / 2^(i+1))
    }
    if (mid != null) {
      h = mid.mid(h, temb, null, tape);
    }
    for (UNetBlock2D block : up) {
      h = block.up(h, temb, null, skips, tape);
    }
    h = convOut.forward(torch.silu(normOut.forward(h, tape)), tape); // (B, C', H, W)
    return config.timeEmbeddingType() == TimeEmbeddingType.FOURIER
        ? h.div(Libtorch.of(in.timesteps(), parameters.type(), xt.size(0), 1, 1, 1))
        : h;
  }

  /**
   * Returns the embedding of t and class, activated as every residual block wants it: (B) -> (B, E)
   */
  private Tensor timeEmbedding(DenoiserInput in, Tape tape) {
    Tensor temb = timeEmbedding.forward(timeProj.forward(in.timesteps(), tape), tape);
    if (classEmbedding != null) {
      temb = temb.add(classEmbedding.forward(in.condition().classNumbers(), tape));
    }
    return config.actFn().apply(temb);
  }
}
