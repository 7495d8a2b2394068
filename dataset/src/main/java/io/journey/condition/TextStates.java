package io.journey.condition;

import io.journey.run.Checksums;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/**
 * What a text encoder makes of a text: T states of D numbers each, kept by reference. An
 * implementation may hold the numbers or read them when they are asked for, so that the captions of
 * a large data set need not be in memory.
 */
public interface TextStates extends Serializable {
  /** Returns T, how many tokens have a state; those that fill up a short text are among them. */
  int tokens();

  /** Returns D, the numbers of a state. */
  int width();

  /**
   * Reads the states, token after token.
   *
   * @param out T·D numbers of it are written
   * @param offset of the first number in {@code out}
   */
  void read(float[] out, int offset);

  /**
   * Returns the bytes of {@link #fingerprint(float[], int, int)}, known without reading the states:
   * two implementations with the same numbers have the same.
   */
  byte[] fingerprint();

  /**
   * Holds states in memory.
   *
   * @param states [T·D], token after token
   * @throws IllegalArgumentException if there are none, or they are no T·D numbers
   */
  static TextStates of(float[] states, int tokens, int width) {
    return new HeldTextStates(states.clone(), tokens, width);
  }

  /** Returns the SHA-256 of T and D, big endian, and of the numbers as float32, little endian. */
  static byte[] fingerprint(float[] states, int tokens, int width) {
    MessageDigest digest = Checksums.sha256();
    digest.update(ByteBuffer.allocate(2 * Integer.BYTES).putInt(tokens).putInt(width).array());
    ByteBuffer bytes = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int token = 0; token < tokens; token++) {
      bytes.asFloatBuffer().put(states, token * width, width);
      digest.update(bytes.array());
    }
    return digest.digest();
  }
}
