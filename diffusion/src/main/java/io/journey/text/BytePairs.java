package io.journey.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Byte-pair encoding (Sennrich et al. 2016) of one word: its bytes, the last marked as the end, are
 * joined pair by pair, first the pair that stands first in the list of merges, of equal pairs the
 * leftmost. A word of n bytes takes n·log n steps.
 */
final class BytePairs {
  /**
   * A pair of symbols that become one.
   *
   * @param left as the vocabulary has it
   * @param right as the vocabulary has it
   */
  record Merge(String left, String right) {}

  /** The place of a pair in the list of merges, and the number of what it becomes. */
  private record Joined(int rank, int id) {}

  /** A pair that may be joined; out of date if {@code id} is no longer what it becomes. */
  private record Candidate(int rank, int position, int id) {}

  private static final Comparator<Candidate> ORDER =
      Comparator.comparingInt(Candidate::rank).thenComparingInt(Candidate::position);

  private final Map<Long, Joined> merges = new HashMap<>();
  private int joins;
  private final int[] inside = new int[256];
  private final int[] atEnd = new int[256];

  /**
   * Takes a vocabulary; of a pair that stands twice in the list the later place counts.
   *
   * @param ids of symbols; both parts of a merge, and what they become, must be among them
   * @param unknown the id of a byte that has none
   */
  BytePairs(Map<String, Integer> ids, List<Merge> list, int unknown) {
    for (int b = 0; b < inside.length; b++) {
      inside[b] = ids.getOrDefault(ByteSymbols.of(b), unknown);
      atEnd[b] = ids.getOrDefault(ByteSymbols.of(b) + ByteSymbols.END_OF_WORD, unknown);
    }
    for (Merge merge : list) {
      join(ids.get(merge.left()), ids.get(merge.right()), ids.get(merge.left() + merge.right()));
    }
  }

  /** Puts a pair behind all others; it becomes a symbol. */
  void join(int left, int right, int symbol) {
    merges.put(pair(left, right), new Joined(joins++, symbol));
  }

  /** Returns the ids of a word that is not empty. */
  List<Integer> encode(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int n = bytes.length;
    int[] ids = new int[n];
    int[] before = new int[n];
    int[] after = new int[n];
    for (int i = 0; i < n; i++) {
      ids[i] = (i == n - 1 ? atEnd : inside)[bytes[i] & 0xff];
      before[i] = i - 1;
      after[i] = i + 1;
    }
    PriorityQueue<Candidate> queue = new PriorityQueue<>(ORDER);
    for (int i = 0; i + 1 < n; i++) {
      offer(queue, ids, i, i + 1);
    }
    while (!queue.isEmpty()) {
      Candidate next = queue.poll();
      int left = next.position();
      int right = after[left];
      if (ids[left] < 0 || right >= n) {
        continue;
      }
      Joined joined = merges.get(pair(ids[left], ids[right]));
      if (joined == null || joined.id() != next.id()) {
        continue;
      }
      ids[left] = next.id();
      ids[right] = -1; // it is a part of the left one now
      after[left] = after[right];
      if (after[left] < n) {
        before[after[left]] = left;
        offer(queue, ids, left, after[left]);
      }
      if (before[left] >= 0) {
        offer(queue, ids, before[left], left);
      }
    }
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < n; i = after[i]) {
      found.add(ids[i]);
    }
    return found;
  }

  private void offer(PriorityQueue<Candidate> queue, int[] ids, int left, int right) {
    Joined joined = merges.get(pair(ids[left], ids[right]));
    if (joined != null) {
      queue.add(new Candidate(joined.rank(), left, joined.id()));
    }
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}
