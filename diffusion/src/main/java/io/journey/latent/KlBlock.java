package io.journey.latent;

import io.journey.nn.Module;
import io.journey.nn.Resampler;
import io.journey.nn.SpatialAttention;
import io.journey.nn.Tape;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A part of encoder or decoder, in the layouts of diffusers' {@code DownEncoderBlock2D}, {@code
 * UpDecoderBlock2D} and {@code UNetMidBlock2D}.
 *
 * @param name such as {@code encoder.down_blocks.0}
 * @param parts residual blocks, and at the end what halves or doubles the image, where it does
 * @param attention after the first part, or null
 */
record KlBlock(String name, List<Resampler> parts, SpatialAttention attention) implements Module {
  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>(parts);
    if (attention != null) {
      children.add(attention);
    }
    return children;
  }

  /** (B, I, H, W) -> (B, O, H', W') */
  Tensor forward(Tensor x) {
    Tensor h = x;
    for (int i = 0; i < parts.size(); i++) {
      Resampler part = parts.get(i);
      Tensor in = h;
      h = Libtorch.inOwnScope(() -> part.forward(in, null, Tape.NONE));
      if (i == 0 && attention != null) {
        Tensor mid = h;
        h = Libtorch.inOwnScope(() -> attention.forward(mid, null, Tape.NONE));
      }
    }
    return h;
  }
}
