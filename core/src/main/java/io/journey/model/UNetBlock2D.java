package io.journey.model;

import io.journey.model.UNet2DConfig.BlockType;
import io.journey.model.UNet2DConfig.Resampling;
import io.journey.model.UNet2DConfig.TimeScaleShift;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * One part of a U-Net: residual blocks with or without attention after them, and what halves or
 * doubles the images at the end.
 */
final class UNetBlock2D {
  /** Changes the size of images. */
  interface Sampler {
    /** x (B, C, H, W), activated time embedding (B, E) -> (B, C, H', W') */
    Tensor forward(Tensor x, Tensor temb, LayerTape tape);
  }

  private final List<ResnetBlock2D> resnets = new ArrayList<>();
  private final List<Attention> attentions = new ArrayList<>();
  private Sampler sampler;

  private UNetBlock2D() {}

  /** The block of a level on the way down; all but the last halve the images. */
  static UNetBlock2D down(Parameters parameters, UNet2DConfig config, int level) {
    String name = "down_blocks." + level;
    List<Integer> widths = config.blockOutChannels();
    BlockType type = config.downBlockTypes().get(level);
    int out = widths.get(level);
    UNetBlock2D block = new UNetBlock2D();
    for (int j = 0; j < config.layersPerBlock(); j++) {
      int in = j > 0 || level == 0 ? out : widths.get(level - 1);
      block.add(parameters, config, name, in, out, type);
    }
    if (level < widths.size() - 1) {
      String sampler = name + ".downsamplers.0";
      boolean resnet = byResnet(type, config.downsampleType());
      block.sampler =
          resnet
              ? new ResnetBlock2D(
                  parameters, sampler, out, out, config, ResnetBlock2D.Resample.DOWN, 1)
              : halving(
                  new Conv2d(
                      parameters, sampler + ".conv", out, out, 3, 2, config.downsamplePadding()));
    }
    return block;
  }

  /** Block {@code index} on the way up; all but the last double the images. */
  static UNetBlock2D up(Parameters parameters, UNet2DConfig config, int index) {
    String name = "up_blocks." + index;
    List<Integer> widths = config.blockOutChannels();
    BlockType type = config.upBlockTypes().get(index);
    int level = widths.size() - 1 - index;
    int out = widths.get(level);
    int below = widths.get(Math.min(level + 1, widths.size() - 1));
    int above = widths.get(Math.max(level - 1, 0));
    UNetBlock2D block = new UNetBlock2D();
    for (int j = 0; j <= config.layersPerBlock(); j++) {
      int skip = j == config.layersPerBlock() ? above : out;
      block.add(parameters, config, name, (j == 0 ? below : out) + skip, out, type);
    }
    if (level > 0) {
      String sampler = name + ".upsamplers.0";
      boolean resnet = byResnet(type, config.upsampleType());
      block.sampler =
          resnet
              ? new ResnetBlock2D(
                  parameters, sampler, out, out, config, ResnetBlock2D.Resample.UP, 1)
              : doubling(new Conv2d(parameters, sampler + ".conv", out, out, 3, 1, 1));
    }
    return block;
  }

  /** {@code UNetMidBlock2D}: two residual blocks, attention between them. */
  static UNetBlock2D mid(Parameters parameters, UNet2DConfig config) {
    String name = "mid_block";
    int width = config.blockOutChannels().get(config.blockOutChannels().size() - 1);
    double scale = config.midBlockScaleFactor();
    ResnetBlock2D.Resample none = ResnetBlock2D.Resample.NONE;
    Integer groups = config.attnNormNumGroups();
    if (groups == null && config.resnetTimeScaleShift() == TimeScaleShift.DEFAULT) {
      groups = config.normNumGroups();
    }
    UNetBlock2D block = new UNetBlock2D();
    block.resnets.add(
        new ResnetBlock2D(parameters, name + ".resnets.0", width, width, config, none, scale));
    if (config.addAttention()) {
      block.attentions.add(
          new Attention(parameters, name + ".attentions.0", width, config, groups, scale));
    }
    block.resnets.add(
        new ResnetBlock2D(parameters, name + ".resnets.1", width, width, config, none, scale));
    return block;
  }

  private static boolean byResnet(BlockType type, Resampling resampling) {
    return type == BlockType.RESNET
        || (type == BlockType.ATTENTION && resampling == Resampling.RESNET);
  }

  private void add(
      Parameters parameters, UNet2DConfig config, String name, int in, int out, BlockType type) {
    int j = resnets.size();
    resnets.add(new ResnetBlock2D(parameters, name + ".resnets." + j, in, out, config));
    if (type == BlockType.ATTENTION) {
      attentions.add(new Attention(parameters, name + ".attentions." + j, out, config));
    }
  }

  private static Sampler halving(Conv2d conv) {
    return (x, temb, tape) ->
        conv.forward(conv.padding() == 1 ? x : torch.constant_pad_nd(x, 0, 1, 0, 1), tape);
  }

  private static Sampler doubling(Conv2d conv) {
    return (x, temb, tape) -> conv.forward(ResnetBlock2D.Resample.UP.of(x), tape);
  }

  /** (B, I, H, W) -> (B, O, H/2, W/2); each result on the way is pushed. */
  Tensor down(Tensor h, Tensor temb, Deque<Tensor> skips, LayerTape tape) {
    for (int j = 0; j < resnets.size(); j++) {
      h = layer(j, h, temb, tape);
      skips.push(h);
    }
    if (sampler != null) {
      h = sampler.forward(h, temb, tape);
      skips.push(h);
    }
    return h;
  }

  /** (B, C, H, W) -> (B, C, H, W) */
  Tensor mid(Tensor h, Tensor temb, LayerTape tape) {
    h = layer(0, h, temb, tape);
    return resnets.get(1).forward(h, temb, tape);
  }

  /** (B, I, H, W) -> (B, O, 2H, 2W); joined by what was pushed on the way down. */
  Tensor up(Tensor h, Tensor temb, Deque<Tensor> skips, LayerTape tape) {
    for (int j = 0; j < resnets.size(); j++) {
      h = layer(j, torch.cat(new TensorVector(h, skips.pop()), 1), temb, tape);
    }
    return sampler == null ? h : sampler.forward(h, temb, tape);
  }

  private Tensor layer(int j, Tensor h, Tensor temb, LayerTape tape) {
    Tensor out = resnets.get(j).forward(h, temb, tape);
    return attentions.isEmpty() ? out : attentions.get(j).forward(out, tape);
  }
}
