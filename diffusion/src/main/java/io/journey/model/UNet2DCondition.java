package io.journey.model;

import io.journey.condition.Condition.Caption;
import io.journey.condition.Conditioning;
import io.journey.diffusion.DenoiserInput;
import io.journey.nn.BasicTransformerBlock;
import io.journey.nn.Context;
import io.journey.nn.Conv2d;
import io.journey.nn.GroupNorm;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.nn.TimestepEmbedding;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The text-conditional U-Net of latent diffusion (Rombach et al. 2022) in the layout of diffusers'
 * {@code UNet2DConditionModel}: same weights, same names, same numbers as in its evaluation mode.
 *
 * <p>What is made of a caption's states, the keys and values of every attention to them, is made
 * once for an entry of the batch's {@link Conditioning}, whatever the number of its rows. All
 * tokens count, those that fill up a short caption too, as in diffusers' pipelines.
 *
 * <p>Symbols: B rows, C and C' image channels in and out, E the width of the time embedding, c_i
 * the channels of level i, whose sides are H / 2^i and W / 2^i; U captions of T tokens of D
 * numbers.
 */
public final class UNet2DCondition implements LayeredDenoiser {
  private final UNet2DConditionConfig config;
  private final Parameters parameters = new Parameters();
  private final Conv2d convIn;
  private final TimeProjection timeProj;
  private final TimestepEmbedding timeEmbedding;
  private final List<UNetBlock2D> down = new ArrayList<>();
  private final UNetBlock2D mid;
  private final List<UNetBlock2D> up = new ArrayList<>();
  private final GroupNorm normOut;
  private final Conv2d convOut;

  UNet2DCondition(UNet2DConditionConfig config) {
    LeastWeights.require(config);
    this.config = config;
    int first = config.blockOutChannels().get(0);
    int levels = config.blockOutChannels().size();
    convIn = new Conv2d(parameters, "conv_in", config.inChannels(), first, 3, 1, 1);
    timeProj =
        new TimeProjection.Positional(first, config.flipSinToCos(), config.freqShift(), parameters);
    timeEmbedding =
        new TimestepEmbedding(
            parameters, "time_embedding", first, config.timeEmbeddingWidth(), config.actFn());
    UNet2DConditionBlocks blocks = new UNet2DConditionBlocks(parameters, config);
    for (int i = 0; i < levels; i++) {
      down.add(blocks.down(i));
    }
    mid = blocks.mid();
    for (int i = 0; i < levels; i++) {
      up.add(blocks.up(i));
    }
    normOut =
        new GroupNorm(parameters, "conv_norm_out", first, config.normNumGroups(), config.normEps());
    convOut = new Conv2d(parameters, "conv_out", first, config.outChannels(), 3, 1, 1);
  }

  @Override
  public UNet2DConditionConfig config() {
    return config;
  }

  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>(List.of(convIn, timeProj, timeEmbedding));
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

  /** Counts what doubles images, and what GEGLU makes of every position: 8·c_i·S_i of S_i. */
  @Override
  public int widestOutput() {
    long positions = (long) config.shape().height() * config.shape().width();
    long widest = positions * config.blockOutChannels().get(0);
    for (int i = 0; i < config.blockOutChannels().size(); i++) {
      int width = config.blockOutChannels().get(i);
      if (i > 0) {
        widest = Math.max(widest, positions * width);
        positions /= 4;
      }
      if (config.attends(i)) {
        widest = Math.max(widest, positions * BasicTransformerBlock.widestOutput(width));
      }
    }
    return (int) Math.min(widest, Integer.MAX_VALUE);
  }

  /**
   * Computes the model's output at (x_t, t) under captions and records every use of a layer.
   *
   * @param in x_t has sides divisible by 2^(levels−1); its conditions are captions
   * @return [B, C', H, W]
   * @throws JourneyException if a row has no caption, or states that are no model's of this kind
   */
  @Override
  public Tensor predict(DenoiserInput in, Tape tape) {
    Context context = context(in.condition()); // (U, T, D)
    Tensor xt = in.sample();
    Tensor temb = timeEmbedding.forward(timeProj.forward(in.timesteps(), tape), tape);
    temb = config.actFn().apply(temb); // (B, E), as every residual block wants it
    Tensor x = config.centerInputSample() ? xt.mul(new Scalar(2.0)).sub(new Scalar(1.0)) : xt;
    Tensor h = convIn.forward(x, tape); // (B, c_0, H, W)
    Deque<Tensor> skips = new ArrayDeque<>();
    skips.push(h);
    for (UNetBlock2D block : down) {
      h = block.down(h, temb, context, skips, tape); // (B, c_i, H / 2^(i+1), W / 2^(i+1))
    }
    if (mid != null) {
      h = mid.mid(h, temb, context, tape);
    }
    for (UNetBlock2D block : up) {
      h = block.up(h, temb, context, skips, tape);
    }
    return convOut.forward(config.actFn().apply(normOut.forward(h, tape)), tape); // (B, C', H, W)
  }

  /** Reads the states of a batch's captions, (U, T, D). */
  private Context context(Conditioning condition) {
    List<Caption> captions = condition.captions();
    int tokens = captions.get(0).states().tokens();
    int width = config.captionWidth();
    float[] states = new float[Math.multiplyExact(captions.size(), tokens * width)];
    for (int u = 0; u < captions.size(); u++) {
      Caption caption = captions.get(u);
      if (caption.states().width() != width) {
        throw new JourneyException(
            "The model takes text states of width "
                + width
                + ", those of the caption "
                + Failures.quoted(caption.text())
                + " have width "
                + caption.states().width()
                + ": use the text encoder that it was trained with.");
      }
      if (caption.states().tokens() != tokens) {
        throw new JourneyException(
            "The captions of a batch have states of "
                + tokens
                + " and of "
                + Counted.of(caption.states().tokens(), "tokens")
                + ", expected as many: encode all with one text encoder.");
      }
      caption.states().read(states, u * tokens * width);
    }
    Tensor all = Libtorch.of(states, parameters.type(), captions.size(), tokens, width);
    return Context.of(all, condition.ofRows());
  }
}
