package io.journey.embedding;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.run.Progress;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A network that turns an image into a vector. Resizing, channels and normalisation are its own
 * affair. The vector of an image does not depend on the images beside it, nor on threads. Safe for
 * many threads; holds native memory until it is closed.
 */
public interface Embedder extends AutoCloseable {
  /** Returns its name, as a person should read it: "CLIP openai/clip-vit-base-patch32". */
  String name();

  /** SHA-256 of everything that decides its numbers, in hexadecimal. */
  String fingerprint();

  /** D, the length of every vector. */
  int dim();

  /**
   * Embeds images on the calling thread.
   *
   * @param images each C·H·W numbers in [-1, 1], order C, H, W
   * @param shape of all of them
   * @return [images, D]
   * @throws io.journey.run.JourneyException if the network cannot take images of that shape
   */
  float[][] embed(List<float[]> images, ImageShape shape);

  /**
   * Embeds images on worker threads.
   *
   * @param images each C·H·W numbers in [-1, 1], order C, H, W
   * @param shape of all of them
   * @return [images, D]
   */
  default float[][] embed(List<float[]> images, ImageShape shape, int threads, Progress progress) {
    return inBlocks(images.size(), images::get, shape, threads, progress);
  }

  /**
   * Embeds a data set on worker threads.
   *
   * @return [N, D], in the order of the set
   */
  default float[][] embed(Dataset data, int threads, Progress progress) {
    IntFunction<float[]> reader =
        i -> {
          float[] image = new float[data.shape().numel()];
          data.read(i, image, 0);
          return image;
        };
    return inBlocks(data.size(), reader, data.shape(), threads, progress);
  }

  private float[][] inBlocks(
      int count, IntFunction<float[]> image, ImageShape shape, int threads, Progress progress) {
    int block = 32;
    float[][] vectors = new float[count][];
    try (Progress.Task task = progress.start("Embedding with " + name(), count, "images")) {
      new Workers(threads, Libtorch::singleThreaded)
          .forEach(
              (count + block - 1) / block,
              b -> {
                int from = b * block;
                int to = Math.min(count, from + block);
                float[][] part = embed(IntStream.range(from, to).mapToObj(image).toList(), shape);
                System.arraycopy(part, 0, vectors, from, part.length);
                task.advance(part.length);
              });
    }
    return vectors;
  }

  @Override
  void close();
}
