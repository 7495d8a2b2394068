package io.journey.model;

import io.journey.model.UNet2DOptions.DownBlock;
import io.journey.model.UNet2DOptions.Resampling;
import io.journey.model.UNet2DOptions.UpBlock;
import io.journey.nn.Downsample2D;
import io.journey.nn.Parameters;
import io.journey.nn.Resampler;
import io.journey.nn.ResnetBlock2D;
import io.journey.nn.ResnetBlock2D.Resample;
import io.journey.nn.SpatialAttention;
import io.journey.nn.Upsample2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Builds the blocks that the configuration of a {@code UNet2DModel} asks for.
 *
 * @param parameters where weights are announced
 * @param config asks for them
 */
record UNet2DBlocks(Parameters parameters, UNet2DConfig config) {

  /** Returns the block of a level on the way down; all but the last halve the images. */
  UNetBlock2D down(int level) {
    String name = "down_blocks." + level;
    List<Integer> widths = config.blockOutChannels();
    DownBlock type = config.downBlockTypes().get(level);
    int out = widths.get(level);
    List<Integer> ins = new ArrayList<>();
    for (int j = 0; j < config.layersPerBlock(); j++) {
      ins.add(j > 0 || level == 0 ? out : widths.get(level - 1));
    }
    String halving = name + ".downsamplers.0";
    boolean byResnet =
        type == DownBlock.RESNET
            || type == DownBlock.ATTENTION && config.downsampleType() == Resampling.RESNET;
    return block(
        name,
        ins,
        out,
        type == DownBlock.ATTENTION,
        () ->
            byResnet
                ? resnet(halving, out, out, Resample.DOWN, 1)
                : new Downsample2D(parameters, halving, out, config.downsamplePadding()),
        level < widths.size() - 1);
  }

  /** Block {@code index} on the way up; all but the last double the images. */
  UNetBlock2D up(int index) {
    String name = "up_blocks." + index;
    List<Integer> widths = config.blockOutChannels();
    UpBlock type = config.upBlockTypes().get(index);
    int level = widths.size() - 1 - index;
    int out = widths.get(level);
    int below = widths.get(Math.min(level + 1, widths.size() - 1));
    int above = widths.get(Math.max(level - 1, 0));
    List<Integer> ins = new ArrayList<>();
    for (int j = 0; j <= config.layersPerBlock(); j++) {
      ins.add((j == 0 ? below : out) + (j == config.layersPerBlock() ? above : out));
    }
    String doubling = name + ".upsamplers.0";
    boolean byResnet =
        type == UpBlock.RESNET
            || type == UpBlock.ATTENTION && config.upsampleType() == Resampling.RESNET;
    return block(
        name,
        ins,
        out,
        type == UpBlock.ATTENTION,
        () ->
            byResnet
                ? resnet(doubling, out, out, Resample.UP, 1)
                : new Upsample2D(parameters, doubling, out),
        level > 0);
  }

  /** The weights of what changes the size come last. */
  private UNetBlock2D block(
      String name,
      List<Integer> ins,
      int out,
      boolean attends,
      Supplier<Resampler> sampler,
      boolean sampled) {
    List<ResnetBlock2D> resnets = new ArrayList<>();
    List<SpatialAttention> attentions = new ArrayList<>();
    for (int j = 0; j < ins.size(); j++) {
      resnets.add(resnet(name + ".resnets." + j, ins.get(j), out, Resample.NONE, 1));
      if (attends) {
        attentions.add(attention(name + ".attentions." + j, out, config.normNumGroups(), 1));
      }
    }
    return new UNetBlock2D(name, resnets, attentions, sampled ? sampler.get() : null);
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
