package io.journey.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The residual block of DDPM's U-Net, in the layout of diffusers' {@code ResnetBlock2D}. */
final class ResnetBlock2D {
  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Linear timeEmbProj;
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final Conv2d convShortcut;

  ResnetBlock2D(Parameters parameters, String name, int in, int out, UNet2DConfig config) {
    int groups = config.normNumGroups();
    norm1 = new GroupNorm(parameters, name + ".norm1", in, groups, config.normEps());
    conv1 = new Conv2d(parameters, name + ".conv1", in, out, 3, 1, 1);
    timeEmbProj = new Linear(parameters, name + ".time_emb_proj", config.timeEmbeddingDim(), out);
    norm2 = new GroupNorm(parameters, name + ".norm2", out, groups, config.normEps());
    conv2 = new Conv2d(parameters, name + ".conv2", out, out, 3, 1, 1);
    convShortcut =
        in == out ? null : new Conv2d(parameters, name + ".conv_shortcut", in, out, 1, 1, 0);
  }

  /** x (B, I, H, W), activated time embedding (B, E) -> (B, O, H, W) */
  Tensor forward(Tensor x, Tensor temb, LayerTape tape) {
    Tensor h = conv1.forward(torch.silu(norm1.forward(x, tape)), tape); // (B, O, H, W)
    Tensor shift = timeEmbProj.forward(temb, tape); // (B, O)
    h = h.add(shift.unsqueeze(2).unsqueeze(3));
    h = conv2.forward(torch.silu(norm2.forward(h, tape)), tape);
    return h.add(convShortcut == null ? x : convShortcut.forward(x, tape));
  }
}
