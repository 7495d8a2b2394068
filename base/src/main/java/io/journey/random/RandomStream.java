package io.journey.random;

/**
 * The numbers of a {@link Seed}: number {@code i} is a hash of the seed and {@code i}, so any of
 * them can be had without the ones before it. Only exact IEEE operations are used: the numbers are
 * the same on every machine.
 *
 * <p>The hash is two rounds of the SplitMix64 finalizer (Steele, Lea, Flood 2014), each keyed with
 * one half of the seed. Gaussians are Φ⁻¹ of uniform numbers, by {@link NormalQuantile}.
 */
public final class RandomStream {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-52;

  private final long high;
  private final long low;
  private long next;

  RandomStream(Seed seed) {
    this.high = seed.high();
    this.low = seed.low();
  }

  /** Number {@code index} as 64 random bits. */
  public long bits(long index) {
    return mix(high ^ mix(low + (index + 1) * GOLDEN));
  }

  /**
   * Number {@code index} as a uniform number strictly between 0 and 1. 52 bits: one more would let
   * 1 be hit.
   */
  public double uniform(long index) {
    return unit(bits(index));
  }

  static double unit(long bits) {
    return ((bits >>> 12) + 0.5) * UNIT;
  }

  /** Number {@code index} as a standard Gaussian, within ±8.3. */
  public double gaussian(long index) {
    return NormalQuantile.of(uniform(index));
  }

  /** Returns the next uniform integer in {@code 0..bound-1}, without bias. */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, got " + bound);
    }
    long limit = Long.MAX_VALUE - Long.MAX_VALUE % bound;
    long value;
    do {
      value = bits(next++) >>> 1;
    } while (value >= limit);
    return (int) (value % bound);
  }

  /** Fills {@code count} places from {@code offset} with the next standard Gaussians. */
  public void fillGaussian(float[] out, int offset, int count) {
    for (int i = 0; i < count; i++) {
      out[offset + i] = (float) gaussian(next++);
    }
  }

  /** Fills the whole array with the next standard Gaussians. */
  public void fillGaussian(float[] out) {
    fillGaussian(out, 0, out.length);
  }

  /** Returns a uniformly random order of {@code 0..n-1} (Fisher–Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
