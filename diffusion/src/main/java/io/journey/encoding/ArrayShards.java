package io.journey.encoding;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Rows of numbers in float16 in files of equally many, mapped into memory, each compared with its
 * checksum before its first use. Safe for many threads.
 */
final class ArrayShards {
  /** Files of images. */
  static final String LATENTS = "latents";

  /** Files of captions. */
  static final String STATES = "states";

  private final Manifest manifest;
  private final String name;
  private final List<Integer> shape;
  private final int numel;
  private final int shardRows;
  private final Map<Integer, Npy> opened = new ConcurrentHashMap<>();

  /**
   * @param shape of a row
   * @param shardRows rows of each file, of which the last may have fewer
   */
  ArrayShards(Manifest manifest, String name, List<Integer> shape, int shardRows) {
    this.manifest = manifest;
    this.name = name;
    this.shape = shape;
    this.numel = shape.stream().reduce(1, Math::multiplyExact);
    this.shardRows = shardRows;
  }

  /** Returns the name of a file. */
  static String file(String name, int shard) {
    return String.format(Locale.ROOT, "%s-%05d.npy", name, shard);
  }

  /** Returns the name of the table beside a file of states. */
  static String table(int shard) {
    return String.format(Locale.ROOT, "%s-%05d.csv", STATES, shard);
  }

  /** Reads a row. */
  void read(int row, float[] out, int offset) {
    opened
        .computeIfAbsent(row / shardRows, this::open)
        .read((long) (row % shardRows) * numel, out, offset, numel);
  }

  private Npy open(int shard) {
    Npy npy = Npy.map(manifest.verified(file(name, shard)));
    long[] expected = new long[shape.size() + 1];
    expected[0] = npy.shape().length == 0 ? 0 : npy.shape()[0];
    for (int d = 0; d < shape.size(); d++) {
      expected[d + 1] = shape.get(d);
    }
    if (npy.dtype() != DType.F16 || !Arrays.equals(expected, npy.shape())) {
      throw new JourneyException(
          manifest.directory()
              + "/"
              + file(name, shard)
              + " has numbers of type "
              + npy.dtype()
              + " and the shape "
              + Arrays.toString(npy.shape())
              + ", expected F16 and rows of "
              + shape
              + ": encode again.");
    }
    return npy;
  }
}
