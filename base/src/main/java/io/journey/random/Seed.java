package io.journey.random;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * A named source of randomness: 128 bits, derived from its parent's bits and its name by SHA-256.
 *
 * <p>Two seeds are equal exactly if they were derived by the same path of names from the same root,
 * so a number drawn for "noise of example 17, draw 3" is the same whatever else was drawn before.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record Seed(long high, long low) implements Serializable {

  /** Returns the root seed of a run, from the number a user types. */
  public static Seed of(long value) {
    return digest(ByteBuffer.allocate(9).put((byte) 'R').putLong(value).array());
  }

  /** Returns the seed called {@code name} below this one. */
  public Seed child(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return digest(prefix('S', bytes.length).put(bytes).array());
  }

  /**
   * Returns the seed numbered {@code index} below this one; never equal to one called by a string.
   */
  public Seed child(long index) {
    return digest(prefix('I', Long.BYTES).putLong(index).array());
  }

  /** Its 128 bits in 32 hexadecimal digits. */
  public String hex() {
    return String.format(Locale.ROOT, "%016x%016x", high, low);
  }

  /**
   * Returns the seed of which this is the {@link #hex()}.
   *
   * @throws IllegalArgumentException if it is not 32 hexadecimal digits
   */
  public static Seed parse(String hex) {
    if (!hex.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("a seed has 32 hexadecimal digits, got '" + hex + "'");
    }
    return new Seed(
        Long.parseUnsignedLong(hex.substring(0, 16), 16),
        Long.parseUnsignedLong(hex.substring(16), 16));
  }

  /** Returns the numbers of this seed, from the first on. */
  public RandomStream stream() {
    return new RandomStream(this);
  }

  private ByteBuffer prefix(char kind, int length) {
    return ByteBuffer.allocate(17 + length).putLong(high).putLong(low).put((byte) kind);
  }

  private static Seed digest(byte[] bytes) {
    try {
      ByteBuffer hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
      return new Seed(hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
