package io.journey.model;

import io.journey.nn.Context;
import io.journey.nn.ImageAttention;
import io.journey.nn.Module;
import io.journey.nn.Resampler;
import io.journey.nn.ResnetBlock2D;
import io.journey.nn.Tape;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * One part of a U-Net: residual blocks with or without attention after them, and what halves or
 * doubles the images at the end. What its attentions attend to besides, the context, is null in a
 * model without any.
 *
 * @param name such as {@code down_blocks.0}
 * @param resnets at least one
 * @param attentions one after each residual block, or none; in the middle one after the first
 * @param sampler at the end, or null
 */
record UNetBlock2D(
    String name,
    List<ResnetBlock2D> resnets,
    List<? extends ImageAttention> attentions,
    Resampler sampler)
    implements Module {

  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>();
    for (int j = 0; j < resnets.size(); j++) {
      children.add(resnets.get(j));
      if (j < attentions.size()) {
        children.add(attentions.get(j));
      }
    }
    if (sampler != null) {
      children.add(sampler);
    }
    return children;
  }

  /** (B, I, H, W) -> (B, O, H/2, W/2); each result on the way is pushed. */
  Tensor down(Tensor h, Tensor temb, Context context, Deque<Tensor> skips, Tape tape) {
    for (int j = 0; j < resnets.size(); j++) {
      h = layer(j, h, temb, context, tape);
      skips.push(h);
    }
    if (sampler != null) {
      h = sampler.forward(h, temb, tape);
      skips.push(h);
    }
    return h;
  }

  /** (B, C, H, W) -> (B, C, H, W) */
  Tensor mid(Tensor h, Tensor temb, Context context, Tape tape) {
    for (int j = 0; j < resnets.size(); j++) {
      h = layer(j, h, temb, context, tape);
    }
    return h;
  }

  /** (B, I, H, W) -> (B, O, 2H, 2W); joined by what was pushed on the way down. */
  Tensor up(Tensor h, Tensor temb, Context context, Deque<Tensor> skips, Tape tape) {
    for (int j = 0; j < resnets.size(); j++) {
      h = layer(j, torch.cat(new TensorVector(h, skips.pop()), 1), temb, context, tape);
    }
    return sampler == null ? h : sampler.forward(h, temb, tape);
  }

  private Tensor layer(int j, Tensor h, Tensor temb, Context context, Tape tape) {
    Tensor out = resnets.get(j).forward(h, temb, tape);
    return j < attentions.size() ? attentions.get(j).forward(out, context, tape) : out;
  }
}
