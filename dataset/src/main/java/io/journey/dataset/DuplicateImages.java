package io.journey.dataset;

import io.journey.run.Checksums;
import io.journey.run.Progress;
import io.journey.run.Workers;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Images of a set that equal an earlier one in every number.
 *
 * @param count how many there are
 * @param original the index of the first image that comes again, -1 if none does
 * @param copy the index of its second appearance, -1 if there is none
 */
public record DuplicateImages(int count, int original, int copy) {
  /**
   * Compares all images with all others, by 128 bits of their SHA-256.
   *
   * @param threads how many images are read at once
   */
  public static DuplicateImages of(Dataset images, int threads, Progress progress) {
    long[][] hashes = new long[images.size()][];
    try (Progress.Task task = progress.start("Comparing images", images.size(), "images")) {
      new Workers(threads, () -> {})
          .forEach(
              images.size(),
              i -> {
                hashes[i] = hash(images, i);
                task.advance(1);
              });
    }
    Map<Hash, Integer> seen = new HashMap<>();
    int count = 0;
    int original = -1;
    int copy = -1;
    for (int i = 0; i < hashes.length; i++) {
      Integer earlier = seen.putIfAbsent(new Hash(hashes[i][0], hashes[i][1]), i);
      if (earlier != null) {
        count++;
        if (copy < 0) {
          original = earlier;
          copy = i;
        }
      }
    }
    return new DuplicateImages(count, original, copy);
  }

  private record Hash(long high, long low) {}

  private static long[] hash(Dataset images, int index) {
    float[] numbers = new float[images.shape().numel()];
    images.read(index, numbers, 0);
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
    bytes.asFloatBuffer().put(numbers);
    ByteBuffer digest = ByteBuffer.wrap(Checksums.sha256().digest(bytes.array()));
    return new long[] {digest.getLong(), digest.getLong()};
  }
}
