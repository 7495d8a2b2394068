package io.journey.sampling;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.dataset.ImageShape;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.Arrays;

/** Finished pictures without their steps: an NPY file, float32 [N, C, H, W]. */
public final class PictureFile {
  private PictureFile() {}

  /** Returns the content of a file. */
  public static AtomicFile.Content content(float[][] pictures, ImageShape shape) {
    return out -> {
      Npy.writeHeader(
          out, DType.F32, pictures.length, shape.channels(), shape.height(), shape.width());
      for (float[] picture : pictures) {
        Npy.writeNumbers(out, DType.F32, picture);
      }
    };
  }

  /**
   * Reads a file.
   *
   * @return [count][C·H·W]
   * @throws JourneyException if it is damaged, or holds other pictures
   */
  public static float[][] read(Path file, int count, ImageShape shape) {
    Npy npy = Npy.map(file);
    long[] expected = {count, shape.channels(), shape.height(), shape.width()};
    if (!Arrays.equals(npy.shape(), expected)) {
      throw new JourneyException(
          file
              + " has the shape "
              + Arrays.toString(npy.shape())
              + ", expected "
              + Arrays.toString(expected)
              + ": sample the pictures again.");
    }
    float[][] pictures = new float[count][shape.numel()];
    for (int n = 0; n < count; n++) {
      npy.read((long) n * shape.numel(), pictures[n], 0, shape.numel());
    }
    return pictures;
  }
}
