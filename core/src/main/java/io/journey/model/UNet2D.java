package io.journey.model;

import io.journey.dataset.ImageShape;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The U-Net of DDPM (Ho et al. 2020) in the layout of diffusers' {@code UNet2DModel}: same weights,
 * same names, same numbers.
 *
 * <p>Symbols: B rows, C image channels, E = 4·c_0 the width of the time embedding, c_i the channels
 * of level i, whose side is H / 2^i.
 */
public final class UNet2D implements LayeredDenoiser {
  /** The residual blocks of one level on one side, each followed by attention or not. */
  private record Block(List<ResnetBlock2D> resnets, List<Attention> attentions, Conv2d sampler) {}

  private final UNet2DConfig config;
  private final Parameters parameters = new Parameters();
  private final Conv2d convIn;
  private final Linear timeLinear1;
  private final Linear timeLinear2;
  private final List<Block> down = new ArrayList<>();
  private final ResnetBlock2D midFirst;
  private final Attention midAttention;
  private final ResnetBlock2D midSecond;
  private final List<Block> up = new ArrayList<>();
  private final GroupNorm normOut;
  private final Conv2d convOut;

  private UNet2D(UNet2DConfig config, ScalarType type) {
    this.config = config;
    List<Integer> widths = config.blockOutChannels();
    int first = widths.get(0);
    int last = widths.get(widths.size() - 1);
    int emb = config.timeEmbeddingDim();
    convIn = new Conv2d(parameters, "conv_in", config.channels(), first, 3, 1, 1);
    timeLinear1 = new Linear(parameters, "time_embedding.linear_1", first, emb);
    timeLinear2 = new Linear(parameters, "time_embedding.linear_2", emb, emb);
    for (int i = 0; i < widths.size(); i++) {
      down.add(downBlock(i));
    }
    midFirst = new ResnetBlock2D(parameters, "mid_block.resnets.0", last, last, config);
    midAttention = new Attention(parameters, "mid_block.attentions.0", last, config);
    midSecond = new ResnetBlock2D(parameters, "mid_block.resnets.1", last, last, config);
    for (int i = 0; i < widths.size(); i++) {
      up.add(upBlock(i));
    }
    normOut =
        new GroupNorm(parameters, "conv_norm_out", first, config.normNumGroups(), config.normEps());
    convOut = new Conv2d(parameters, "conv_out", first, config.channels(), 3, 1, 1);
    parameters.allocate(type);
  }

  /** A model with random weights, by PyTorch's default start; every weight has its own seed. */
  public static UNet2D random(UNet2DConfig config, Seed seed, ScalarType type) {
    UNet2D model = new UNet2D(config, type);
    model.parameters.initialize(seed);
    return model;
  }

  /** A model whose weights are all zero, to be set. */
  static UNet2D empty(UNet2DConfig config, ScalarType type) {
    return new UNet2D(config, type);
  }

  private Block downBlock(int level) {
    String name = "down_blocks." + level;
    List<Integer> widths = config.blockOutChannels();
    int out = widths.get(level);
    int in = level == 0 ? out : widths.get(level - 1);
    List<ResnetBlock2D> resnets = new ArrayList<>();
    List<Attention> attentions = new ArrayList<>();
    for (int j = 0; j < config.layersPerBlock(); j++) {
      resnets.add(
          new ResnetBlock2D(parameters, name + ".resnets." + j, j == 0 ? in : out, out, config));
      if (config.attention().get(level)) {
        attentions.add(new Attention(parameters, name + ".attentions." + j, out, config));
      }
    }
    boolean hasSampler = level < widths.size() - 1;
    Conv2d sampler =
        hasSampler
            ? new Conv2d(
                parameters,
                name + ".downsamplers.0.conv",
                out,
                out,
                3,
                2,
                config.downsamplePadding())
            : null;
    return new Block(resnets, attentions, sampler);
  }

  private Block upBlock(int index) {
    String name = "up_blocks." + index;
    List<Integer> widths = config.blockOutChannels();
    int level = widths.size() - 1 - index;
    int out = widths.get(level);
    int previous = widths.get(Math.min(level + 1, widths.size() - 1));
    int in = widths.get(Math.max(level - 1, 0));
    List<ResnetBlock2D> resnets = new ArrayList<>();
    List<Attention> attentions = new ArrayList<>();
    for (int j = 0; j <= config.layersPerBlock(); j++) {
      int main = j == 0 ? previous : out;
      int skip = j == config.layersPerBlock() ? in : out;
      resnets.add(new ResnetBlock2D(parameters, name + ".resnets." + j, main + skip, out, config));
      if (config.attention().get(level)) {
        attentions.add(new Attention(parameters, name + ".attentions." + j, out, config));
      }
    }
    Conv2d sampler =
        level > 0 ? new Conv2d(parameters, name + ".upsamplers.0.conv", out, out, 3, 1, 1) : null;
    return new Block(resnets, attentions, sampler);
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
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Tensor predict(Tensor xt, int[] timesteps, int[] labels, LayerTape tape) {
    Tensor temb = timeLinear1.forward(timeFeatures(timesteps), tape); // (B, E)
    temb = torch.silu(timeLinear2.forward(torch.silu(temb), tape));
    Tensor h = convIn.forward(xt, tape); // (B, c_0, H, W)
    Deque<Tensor> skips = new ArrayDeque<>();
    skips.push(h);
    for (Block block : down) {
      for (int j = 0; j < block.resnets().size(); j++) {
        h = layer(block, j, h, temb, tape);
        skips.push(h);
      }
      if (block.sampler() != null) {
        Tensor padded = config.downsamplePadding() == 1 ? h : torch.constant_pad_nd(h, 0, 1, 0, 1);
        h = block.sampler().forward(padded, tape); // (B, c_i, H/2, W/2)
        skips.push(h);
      }
    }
    h = midFirst.forward(h, temb, tape);
    h = midAttention.forward(h, tape);
    h = midSecond.forward(h, temb, tape);
    for (Block block : up) {
      for (int j = 0; j < block.resnets().size(); j++) {
        h = layer(block, j, torch.cat(new TensorVector(h, skips.pop()), 1), temb, tape);
      }
      if (block.sampler() != null) {
        Tensor doubled = torch.upsample_nearest2d(h, 2 * h.size(2), 2 * h.size(3));
        h = block.sampler().forward(doubled, tape); // (B, c_i, 2H, 2W)
      }
    }
    return convOut.forward(torch.silu(normOut.forward(h, tape)), tape); // (B, C, H, W)
  }

  private static Tensor layer(Block block, int j, Tensor h, Tensor temb, LayerTape tape) {
    Tensor out = block.resnets().get(j).forward(h, temb, tape);
    return block.attentions().isEmpty() ? out : block.attentions().get(j).forward(out, tape);
  }

  /**
   * Sinusoids of t at c_0/2 frequencies (Ho et al. 2020), rounded to float32 after each operation
   * as diffusers does. (B) -> (B, c_0)
   */
  private Tensor timeFeatures(int[] timesteps) {
    int width = config.blockOutChannels().get(0);
    int half = width / 2;
    float[] out = new float[timesteps.length * width];
    for (int k = 0; k < half; k++) {
      float exponent = (float) -Math.log(10000) * k / (half - config.freqShift());
      float frequency = (float) StrictMath.exp(exponent);
      for (int b = 0; b < timesteps.length; b++) {
        float angle = timesteps[b] * frequency;
        float sin = (float) StrictMath.sin(angle);
        float cos = (float) StrictMath.cos(angle);
        out[b * width + k] = config.flipSinToCos() ? cos : sin;
        out[b * width + half + k] = config.flipSinToCos() ? sin : cos;
      }
    }
    return Libtorch.of(out, parameters.type(), timesteps.length, width);
  }
}
