package io.journey.evaluation.audit;

import io.journey.random.Seed;
import io.journey.results.audit.Candidate;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Random sets of images beside candidates, as large as they are. Set r is read from a permutation
 * of all images that depends on r and the seed alone: audits of other pictures have the same sets,
 * and so have checks by removal.
 *
 * @param candidates what the sets are compared with
 * @param outside whether images of candidates are passed over
 * @param strata of each image, [N]; a set has as many of each as its candidate; null: it is not
 *     asked
 * @param size N
 * @param seed of the permutations
 */
record MatchedSets(List<Candidate> candidates, boolean outside, int[] strata, int size, long seed) {
  /**
   * Returns the set of each candidate, which have no image in common.
   *
   * @param set r
   */
  List<Candidate> draw(int set) {
    int[] order = Seed.of(seed).child("random set").child(set).stream().permutation(size);
    BitSet taken = new BitSet(size);
    if (outside) {
      candidates.stream().flatMapToInt(one -> Arrays.stream(one.images())).forEach(taken::set);
    }
    List<Candidate> drawn = new ArrayList<>();
    for (Candidate candidate : candidates) {
      drawn.add(new Candidate("random " + set, draw(candidate, order, taken)));
    }
    return drawn;
  }

  private int[] draw(Candidate candidate, int[] order, BitSet taken) {
    Map<Integer, Integer> wanted = new HashMap<>();
    for (int image : candidate.images()) {
      wanted.merge(stratum(image), 1, Integer::sum);
    }
    int[] images = new int[candidate.images().length];
    int count = 0;
    for (int i = 0; i < size && count < images.length; i++) {
      int image = order[i];
      int left = wanted.getOrDefault(stratum(image), 0);
      if (left > 0 && !taken.get(image)) {
        wanted.put(stratum(image), left - 1);
        taken.set(image);
        images[count++] = image;
      }
    }
    if (count < images.length) {
      throw new SettingException(
          "there are only "
              + Counted.of(count, "images")
              + " like the "
              + images.length
              + " of "
              + candidate.name()
              + " beside them: leave out fewer, or ask for no strata");
    }
    return images;
  }

  private int stratum(int image) {
    return strata == null ? 0 : strata[image];
  }
}
