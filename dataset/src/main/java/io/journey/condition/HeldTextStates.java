package io.journey.condition;

import java.util.Arrays;

/** States in memory. Those of the same numbers are equal. */
final class HeldTextStates implements TextStates {
  private static final long serialVersionUID = 1;

  private final float[] states;
  private final int tokens;
  private final int width;
  private final byte[] fingerprint;

  /**
   * Takes over an array.
   *
   * @param states [T·D]
   */
  HeldTextStates(float[] states, int tokens, int width) {
    if (tokens < 1 || width < 1 || states.length != Math.multiplyExact(tokens, width)) {
      throw new IllegalArgumentException(
          tokens + " tokens of " + width + " numbers are no " + states.length + " numbers");
    }
    this.states = states;
    this.tokens = tokens;
    this.width = width;
    this.fingerprint = TextStates.fingerprint(states, tokens, width);
  }

  @Override
  public int tokens() {
    return tokens;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public void read(float[] out, int offset) {
    System.arraycopy(states, 0, out, offset, states.length);
  }

  @Override
  public byte[] fingerprint() {
    return fingerprint.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeldTextStates held && Arrays.equals(fingerprint, held.fingerprint);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(fingerprint);
  }
}
