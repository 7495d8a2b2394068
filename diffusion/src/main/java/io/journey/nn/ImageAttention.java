package io.journey.nn;

import org.bytedeco.pytorch.Tensor;

/** A module in which the positions of an image attend to each other, and perhaps to a context. */
public interface ImageAttention extends Module {
  /**
   * (B, C, H, W) -> (B, C, H, W)
   *
   * @param context of the rows; null where the module takes none
   */
  Tensor forward(Tensor x, Context context, Tape tape);
}
