package io.journey.unrolling;

import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.ExampleGradients;
import io.journey.nn.Parameters;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Whole gradients, a row an image; closed by who asked for them.
 *
 * @param rows [B, p] float32
 * @param losses what they are gradients of, [B]
 */
public record GradientRows(Tensor rows, float[] losses) implements AutoCloseable {
  /** Images of one part of the work. */
  private static final int PART = 16;

  /**
   * Computes the gradients of some images by all weights.
   *
   * @param gradients of the model whose weights they are
   * @param mask weights of pixels [H, W], or null
   */
  public static GradientRows of(
      ExampleGradients gradients,
      Parameters weights,
      List<DenoisingDraws> images,
      Tensor mask,
      Workers.Parts parts) {
    Tensor rows = zeros(images.size(), weights.count());
    float[] losses = new float[images.size()];
    parts.forEach(
        (images.size() + PART - 1) / PART,
        part -> {
          int from = part * PART;
          int to = Math.min(images.size(), from + PART);
          try (PointerScope scope = new PointerScope()) {
            float[] found =
                gradients.compute(
                    images.subList(from, to),
                    mask,
                    (weight, image, gradient) -> {
                      try (PointerScope ofWeight = new PointerScope();
                          NoGradGuard guard = new NoGradGuard()) {
                        rows.narrow(0, from + image, gradient.examples())
                            .narrow(1, weight.offset(), weight.numel())
                            .add_(gradient.formed().to(ScalarType.Float));
                      }
                    });
            System.arraycopy(found, 0, losses, from, found.length);
          }
        });
    return new GradientRows(rows, losses);
  }

  @Override
  public void close() {
    rows.close();
  }

  /** Returns zeros that outlive the scope; the caller closes them. */
  static Tensor zeros(long rows, long columns) {
    try (PointerScope scope = new PointerScope()) {
      return Libtorch.keep(Libtorch.zeros(ScalarType.Float, rows, columns));
    }
  }
}
