package io.journey.model;

import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.model.UNet2DConfig.TimeEmbeddingType;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

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

  private UNet2D(UNet2DConfig config) {
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
    for (int i = 0; i < levels; i++) {
      down.add(UNetBlock2D.down(parameters, config, i));
    }
    mid = config.midBlock() ? UNetBlock2D.mid(parameters, config) : null;
    for (int i = 0; i < levels; i++) {
      up.add(UNetBlock2D.up(parameters, config, i));
    }
    normOut =
        new GroupNorm(parameters, "conv_norm_out", first, config.normNumGroups(), config.normEps());
    convOut = new Conv2d(parameters, "conv_out", first, config.outChannels(), 3, 1, 1);
  }

  /** A model with random weights, by PyTorch's default start; every weight has its own seed. */
  public static UNet2D random(UNet2DConfig config, Seed seed, ScalarType type) {
    UNet2D model = empty(config, type);
    model.parameters.initialize(seed);
    return model;
  }

  /** A model whose weights are all zero, to be set. */
  static UNet2D empty(UNet2DConfig config, ScalarType type) {
    UNet2D model = new UNet2D(config);
    model.parameters.allocate(type);
    return model;
  }

  /**
   * The weights and constants that a model has, announced: they take no memory and hold nothing.
   */
  static List<Parameter> announced(UNet2DConfig config) {
    return new UNet2D(config).parameters.stored();
  }

  /** The architecture. */
  public UNet2DConfig config() {
    return config;
  }

  @Override
  public ImageShape shape() {
    return config.shape();
  }

  @Override
  public ConditioningSpec conditioning() {
    return config.conditioning();
  }

  @Override
  public InputRange timesteps() {
    return config.timesteps();
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
  public Tensor predict(DenoiserInput in, LayerTape tape) {
    Tensor xt = in.sample();
    Tensor temb = timeEmbedding(in, tape);
    Tensor x = config.centerInputSample() ? xt.mul(new Scalar(2.0)).sub(new Scalar(1.0)) : xt;
    Tensor h = convIn.forward(x, tape); // (B, c_0, H, W)
    Deque<Tensor> skips = new ArrayDeque<>();
    skips.push(h);
    for (UNetBlock2D block : down) {
      h = block.down(h, temb, skips, tape); // (B, c_i, H / 2^(i+1), W / 2^(i+1))
    }
    if (mid != null) {
      h = mid.mid(h, temb, tape);
    }
    for (UNetBlock2D block : up) {
      h = block.up(h, temb, skips, tape);
    }
    h = convOut.forward(torch.silu(normOut.forward(h, tape)), tape); // (B, C', H, W)
    return config.timeEmbeddingType() == TimeEmbeddingType.FOURIER
        ? h.div(Libtorch.of(in.timesteps(), parameters.type(), xt.size(0), 1, 1, 1))
        : h;
  }

  /** The embedding of t and class, activated as every residual block wants it: (B) -> (B, E) */
  private Tensor timeEmbedding(DenoiserInput in, LayerTape tape) {
    Tensor temb = timeEmbedding.forward(timeProj.forward(in.timesteps(), tape), tape);
    if (classEmbedding != null) {
      temb = temb.add(classEmbedding.forward(in.condition().classNumbers(), tape));
    }
    return config.actFn().of(temb);
  }
}
