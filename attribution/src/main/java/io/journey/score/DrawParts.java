package io.journey.score;

import java.util.ArrayList;
import java.util.List;

/**
 * The parts in which draws are asked about: the first two are small, for a first answer soon. Even
 * parts make one half of the draws, odd ones the other. A pair of ε and −ε is never parted.
 */
final class DrawParts {
  /** Pairs of a part, but for the first two parts, which have one. */
  private static final int PAIRS = 3;

  private DrawParts() {}

  /**
   * Returns the parts.
   *
   * @param draws R, at least 1
   * @param spread whether a part is of draws from everywhere, as where each has a step of its own
   * @return the numbers of the draws in each part, every draw once
   */
  static List<int[]> of(int draws, boolean spread) {
    int pairs = (draws + 1) / 2;
    int stride = spread ? stride(pairs) : 1;
    List<int[]> parts = new ArrayList<>();
    for (int from = 0; from < pairs; ) {
      int to = Math.min(pairs, from + (parts.size() < 2 ? 1 : PAIRS));
      List<Integer> numbers = new ArrayList<>();
      for (int p = from; p < to; p++) {
        int pair = (int) ((long) p * stride % pairs);
        numbers.add(2 * pair);
        if (2 * pair + 1 < draws) {
          numbers.add(2 * pair + 1);
        }
      }
      parts.add(numbers.stream().mapToInt(Integer::intValue).toArray());
      from = to;
    }
    return parts;
  }

  /** Returns a stride near the golden section of all pairs that meets every pair. */
  private static int stride(int pairs) {
    int stride = Math.max(1, (int) Math.round(0.618 * pairs));
    while (gcd(stride, pairs) > 1) {
      stride++;
    }
    return stride;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
