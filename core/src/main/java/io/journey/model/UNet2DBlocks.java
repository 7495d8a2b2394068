package io.journey.model;

import io.journey.model.UNet2DConfig.BlockType;
import io.journey.model.UNet2DConfig.Resampling;
import io.journey.nn.Downsample2D;
import io.journey.nn.Parameters;
import io.journey.nn.Resampler;
import io.journey.nn.ResnetBlock2D;
import io.journey.nn.ResnetBlock2D.Resample;
import io.journey.nn.SpatialAttention;
import io.journey.nn.Upsample2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the blocks that the configuration of a {@code UNet2DModel} asks for.
 *
 * @param parameters where weights are announced
 * @param config asks for them
 */
record UNet2DBlocks(Parameters parameters, UNet2DConfig config) {

  /** The block of a level on the way down; all but the last halve the images. */
  UNetBlock2D down(int level) {
    String name = "down_blocks." + level;
    List<Integer> widths = config.blockOutChannels();
    BlockType type = config.downBlockTypes().get(level);
    int out = widths.get(level);
    List<Integer> ins = new ArrayList<>();
    for (int j = 0; j < config.layersPerBlock(); j++) {
      ins.add(j > 0 || level == 0 ? out : widths.get(level - 1));
    }
    return block(name, ins, out, type, level < widths.size() - 1 ? name + ".downsamplers.0" : null);
  }

  /** Block {@code index} on the way up; all but the last double the images. */
  UNetBlock2D up(int index) {
    String name = "up_blocks." + index;
    List<Integer> widths = config.blockOutChannels();
    BlockType type = config.upBlockTypes().get(index);
    int level = widths.size() - 1 - index;
    int out = widths.get(level);
    int below = widths.get(Math.min(level + 1, widths.size() - 1));
    int above = widths.get(Math.max(level - 1, 0));
    List<Integer> ins = new ArrayList<>();
    for (int j = 0; j <= config.layersPerBlock(); j++) {
      ins.add((j == 0 ? below : out) + (j == config.layersPerBlock() ? above : out));
    }
    return block(name, ins, out, type, level > 0 ? name + ".upsamplers.0" : null);
  }

  private UNetBlock2D block(
      String name, List<Integer> ins, int out, BlockType type, String sampler) {
    List<ResnetBlock2D> resnets = new ArrayList<>();
    List<SpatialAttention> attentions = new ArrayList<>();
    for (int j = 0; j < ins.size(); j++) {
      resnets.add(resnet(name + ".resnets." + j, ins.get(j), out, Resample.NONE, 1));
      if (type == BlockType.ATTENTION) {
        attentions.add(attention(name + ".attentions." + j, out, config.normNumGroups(), 1));
      }
    }
    Resampler last = null;
    if (sampler != null) {
      last = sampler.contains("down") ? halving(sampler, out, type) : doubling(sampler, out, type);
    }
    return new UNetBlock2D(name, resnets, attentions, last);
  }

  private Resampler halving(String name, int width, BlockType type) {
    return byResnet(type, config.downsampleType())
        ? resnet(name, width, width, Resample.DOWN, 1)
        : new Downsample2D(parameters, name, width, config.downsamplePadding());
  }

  private Resampler doubling(String name, int width, BlockType type) {
    return byResnet(type, config.upsampleType())
        ? resnet(name, width, width, Resample.UP, 1)
        : new Upsample2D(parameters, name, width);
  }

  private static boolean byResnet(BlockType type, Resampling resampling) {
    return type == BlockType.RESNET
        || (type == BlockType.ATTENTION && resampling == Resampling.RESNET);
  }

  /** {@code UNetMidBlock2D}: two residual blocks, attention between them. */
  UNetBlock2D mid() {
    String name = "mid_block";
    int width = config.blockOutChannels().get(config.blockOutChannels().size() - 1);
    double scale = config.midBlockScaleFactor();
    Integer groups = config.attnNormNumGroups();
    if (groups == null && config.resnetTimeScaleShift() == ResnetBlock2D.TimeNorm.DEFAULT) {
      groups = config.normNumGroups();
    }
    ResnetBlock2D first = resnet(name + ".resnets.0", width, width, Resample.NONE, scale);
    List<SpatialAttention> attentions =
        config.addAttention()
            ? List.of(attention(name + ".attentions.0", width, groups, scale))
            : List.of();
    ResnetBlock2D second = resnet(name + ".resnets.1", width, width, Resample.NONE, scale);
    return new UNetBlock2D(name, List.of(first, second), attentions, null);
  }

  private ResnetBlock2D resnet(String name, int in, int out, Resample resample, double scale) {
    return new ResnetBlock2D(
        parameters,
        name,
        in,
        out,
        config.timeEmbeddingWidth(),
        config.normNumGroups(),
        config.normEps(),
        config.actFn(),
        config.resnetTimeScaleShift(),
        scale,
        resample);
  }

  private SpatialAttention attention(String name, int channels, Integer groups, double scale) {
    int headDim = config.attentionHeadDim() == null ? channels : config.attentionHeadDim();
    return new SpatialAttention(
        parameters, name, channels, headDim, groups, config.normEps(), scale);
  }
}
