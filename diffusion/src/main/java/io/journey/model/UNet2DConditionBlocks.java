package io.journey.model;

import io.journey.model.UNet2DConditionOptions.DownBlock;
import io.journey.model.UNet2DConditionOptions.MidBlock;
import io.journey.model.UNet2DConditionOptions.UpBlock;
import io.journey.nn.Downsample2D;
import io.journey.nn.Parameters;
import io.journey.nn.ResnetBlock2D;
import io.journey.nn.ResnetBlock2D.Resample;
import io.journey.nn.Transformer2D;
import io.journey.nn.Transformer2D.Projection;
import io.journey.nn.Upsample2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the blocks that the configuration of a {@code UNet2DConditionModel} asks for.
 *
 * @param parameters where weights are announced
 * @param config asks for them
 */
record UNet2DConditionBlocks(Parameters parameters, UNet2DConditionConfig config) {

  /** Returns the block of a level on the way down; all but the last halve the images. */
  UNetBlock2D down(int level) {
    String name = "down_blocks." + level;
    List<Integer> widths = config.blockOutChannels();
    int out = widths.get(level);
    List<ResnetBlock2D> resnets = new ArrayList<>();
    List<Transformer2D> attentions = new ArrayList<>();
    for (int j = 0; j < config.layersPerBlock().at(level); j++) {
      int in = j > 0 || level == 0 ? out : widths.get(level - 1);
      resnets.add(resnet(name + ".resnets." + j, in, out, 1));
      if (config.downBlockTypes().get(level) == DownBlock.CROSS_ATTENTION) {
        attentions.add(attention(name + ".attentions." + j, level));
      }
    }
    boolean halves = level < widths.size() - 1;
    String halving = name + ".downsamplers.0";
    return new UNetBlock2D(
        name,
        resnets,
        attentions,
        halves ? new Downsample2D(parameters, halving, out, config.downsamplePadding()) : null);
  }

  /** The block in the middle, or null. */
  UNetBlock2D mid() {
    if (config.midBlockType() == null) {
      return null;
    }
    String name = "mid_block";
    int level = config.blockOutChannels().size() - 1;
    int width = config.blockOutChannels().get(level);
    double scale = config.midBlockScaleFactor();
    ResnetBlock2D first = resnet(name + ".resnets.0", width, width, scale);
    if (config.midBlockType() == MidBlock.PLAIN) {
      return new UNetBlock2D(name, List.of(first), List.of(), null);
    }
    Transformer2D attention = attention(name + ".attentions.0", level);
    ResnetBlock2D second = resnet(name + ".resnets.1", width, width, scale);
    return new UNetBlock2D(name, List.of(first, second), List.of(attention), null);
  }

  /** Block {@code index} on the way up; all but the last double the images. */
  UNetBlock2D up(int index) {
    String name = "up_blocks." + index;
    List<Integer> widths = config.blockOutChannels();
    int level = widths.size() - 1 - index;
    int out = widths.get(level);
    int below = widths.get(Math.min(level + 1, widths.size() - 1));
    int above = widths.get(Math.max(level - 1, 0));
    int last = config.layersPerBlock().at(level);
    List<ResnetBlock2D> resnets = new ArrayList<>();
    List<Transformer2D> attentions = new ArrayList<>();
    for (int j = 0; j <= last; j++) {
      int in = (j == 0 ? below : out) + (j == last ? above : out);
      resnets.add(resnet(name + ".resnets." + j, in, out, 1));
      if (config.upBlockTypes().get(index) == UpBlock.CROSS_ATTENTION) {
        attentions.add(attention(name + ".attentions." + j, level));
      }
    }
    return new UNetBlock2D(
        name,
        resnets,
        attentions,
        level > 0 ? new Upsample2D(parameters, name + ".upsamplers.0", out) : null);
  }

  private ResnetBlock2D resnet(String name, int in, int out, double scale) {
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
        Resample.NONE);
  }

  private Transformer2D attention(String name, int level) {
    return new Transformer2D(
        parameters,
        name,
        config.blockOutChannels().get(level),
        config.normNumGroups(),
        config.attentionHeadDim().at(level),
        config.captionWidth(),
        config.transformerLayersPerBlock().at(level),
        config.useLinearProjection() ? Projection.LINEAR : Projection.CONV);
  }
}
