package io.journey.benchmarks.hostile;

import java.io.IOException;
import java.util.Arrays;

/** Makes a file that shows a fault smaller and more like its original, as long as it shows it. */
final class Minimizer {
  private static final int MOST_TRIES = 3000;

  private final Fault fault;
  private int tries;

  /** Whether bytes still show the fault. */
  interface Fault {
    boolean shows(byte[] bytes) throws IOException, InterruptedException;
  }

  Minimizer(Fault fault) {
    this.fault = fault;
  }

  /** Returns the smallest that was found. */
  byte[] smallest(byte[] original, byte[] changed) throws IOException, InterruptedException {
    byte[] best = likeOriginal(original, changed);
    return shorter(best);
  }

  /** Takes back what need not differ, in pieces of halved size. */
  private byte[] likeOriginal(byte[] original, byte[] changed)
      throws IOException, InterruptedException {
    byte[] best = changed;
    int common = Math.min(original.length, changed.length);
    for (int piece = common; piece >= 1; piece /= 2) {
      for (int at = 0; at < common; at += piece) {
        int to = Math.min(common, at + piece);
        if (!Arrays.equals(original, at, to, best, at, to)) {
          byte[] candidate = best.clone();
          System.arraycopy(original, at, candidate, at, to - at);
          best = better(candidate, best);
        }
      }
    }
    return best;
  }

  /** Leaves out what need not be there, in pieces of halved size (Zeller's delta debugging). */
  private byte[] shorter(byte[] changed) throws IOException, InterruptedException {
    byte[] best = changed;
    for (int piece = Math.max(1, best.length / 2); piece >= 1; piece /= 2) {
      int at = 0;
      while (at < best.length) {
        int to = Math.min(best.length, at + piece);
        byte[] candidate = new byte[best.length - (to - at)];
        System.arraycopy(best, 0, candidate, 0, at);
        System.arraycopy(best, to, candidate, at, best.length - to);
        byte[] next = better(candidate, best);
        if (next == best) {
          at = to;
        } else {
          best = next;
        }
      }
    }
    return best;
  }

  private byte[] better(byte[] candidate, byte[] best) throws IOException, InterruptedException {
    return tries++ < MOST_TRIES && fault.shows(candidate) ? candidate : best;
  }
}
