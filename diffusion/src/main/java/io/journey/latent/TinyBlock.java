package io.journey.latent;

import io.journey.nn.Activation;
import io.journey.nn.Conv2d;
import io.journey.nn.GroupNorm;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Three convolutions with a residual, in the layout of diffusers' {@code AutoencoderTinyBlock} and
 * of the {@code Block} of taesd's code, which may have a branch before: it tells a block what is
 * elsewhere in the image, by the norm over all positions.
 *
 * @param name such as {@code encoder.layers.1}
 * @param convs of the residual
 * @param pool the branch, or null
 * @param activation between the convolutions
 */
record TinyBlock(String name, List<Conv2d> convs, Pool pool, Activation activation)
    implements Module {
  /** What the branch's width is in channels of the block. */
  private static final int POOL_WIDTH = 4;

  private static final int POOL_GROUPS = 4;

  /** PyTorch's default. */
  private static final double POOL_EPS = 1e-5;

  /** Widens to 4·C, normalises over the image, narrows. */
  record Pool(String name, Conv2d widen, GroupNorm norm, Conv2d narrow) implements Module {
    @Override
    public List<Module> children() {
      return List.of(widen, norm, narrow);
    }

    /** (B, C, H, W) -> (B, C, H, W) */
    Tensor forward(Tensor x) {
      Tensor h = norm.forward(widen.forward(x, Tape.NONE), Tape.NONE); // (B, 4·C, H, W)
      return narrow.forward(torch.relu(h), Tape.NONE);
    }
  }

  /** Announces the weights. */
  static TinyBlock of(
      Parameters parameters, String name, int width, Activation activation, boolean pooled) {
    Pool pool = null;
    if (pooled) {
      int wide = POOL_WIDTH * width;
      String start = name + ".pool";
      pool =
          new Pool(
              start,
              new Conv2d(parameters, start + ".0", width, wide, 1, 1, 0, false),
              new GroupNorm(parameters, start + ".1", wide, POOL_GROUPS, POOL_EPS),
              new Conv2d(parameters, start + ".3", wide, width, 1, 1, 0, false));
    }
    List<Conv2d> convs =
        List.of(
            new Conv2d(parameters, name + ".conv.0", width, width, 3, 1, 1),
            new Conv2d(parameters, name + ".conv.2", width, width, 3, 1, 1),
            new Conv2d(parameters, name + ".conv.4", width, width, 3, 1, 1));
    return new TinyBlock(name, convs, pool, activation);
  }

  @Override
  public List<Module> children() {
    return pool == null
        ? List.copyOf(convs)
        : List.of(convs.get(0), convs.get(1), convs.get(2), pool);
  }

  /** (B, C, H, W) -> (B, C, H, W) */
  Tensor forward(Tensor x) {
    Tensor in = pool == null ? x : x.add(pool.forward(x));
    Tensor h = activation.apply(convs.get(0).forward(in, Tape.NONE));
    h = activation.apply(convs.get(1).forward(h, Tape.NONE));
    return torch.relu(convs.get(2).forward(h, Tape.NONE).add(in));
  }
}
