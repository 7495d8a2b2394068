package io.journey.results.audit;

import io.journey.results.groups.GroupScore;
import io.journey.results.groups.GroupScores;
import io.journey.results.groups.Grouping;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import io.journey.statistics.Ranking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Training images that are left out together, to see what becomes of a picture.
 *
 * @param name as a person reads it
 * @param images their places in the data, rising
 */
public record Candidate(String name, int[] images) {
  public Candidate {
    images = Arrays.stream(images).sorted().distinct().toArray();
    if (images.length == 0) {
      throw new SettingException("a set of images that is left out has one or more, got none");
    }
  }

  /** Returns the images that remain of {@code size}. */
  public BitSet kept(int size) {
    BitSet kept = new BitSet(size);
    kept.set(0, size);
    Arrays.stream(images).forEach(kept::clear);
    return kept;
  }

  /**
   * Returns the strongest images, each with its near-duplicates, without which leaving it out would
   * change nothing.
   *
   * @param scores of all images, [N]
   * @param count how many at least; the near-duplicates of the last may make it more
   * @param clusters the first image of each one's near-duplicates, −1 where it is alone, [N]
   */
  public static Candidate strongest(float[] scores, int count, int[] clusters) {
    requireOthers(count, scores.length);
    BitSet chosen = new BitSet();
    int[] ranked = Ranking.top(scores, scores.length);
    for (int r = 0; chosen.cardinality() < count; r++) {
      int image = ranked[r];
      chosen.set(image);
      if (clusters[image] >= 0) {
        IntStream.range(0, clusters.length)
            .filter(i -> clusters[i] == clusters[image])
            .forEach(chosen::set);
      }
    }
    int[] images = chosen.stream().toArray();
    requireOthers(images.length, scores.length);
    return new Candidate(
        images.length == 1 ? "the strongest image" : "the " + images.length + " strongest images",
        images);
  }

  /**
   * Refuses to leave out so many images that there are not as many others.
   *
   * @param size of the data
   */
  public static void requireOthers(int count, int size) {
    if (count < 1 || 2 * count > size) {
      throw new SettingException(
          "between 1 image and half of the "
              + Counted.of(size, "images")
              + " can be left out beside as many others, got "
              + count);
    }
  }

  /**
   * Returns the groups with the strongest push towards a target over all steps, strongest first. A
   * group of more than half of all images is none of them: there are not as many others.
   *
   * @param scores of the groups
   * @param target whose
   * @param count how many groups, fewer where there are fewer
   */
  public static List<Candidate> groups(
      GroupScores scores, Grouping grouping, int target, int count) {
    int[] members = grouping.members();
    List<Candidate> found = new ArrayList<>();
    for (GroupScore one : scores.of(target, GroupScore.OVERALL)) {
      if (found.size() < count && 2 * one.images() <= members.length) {
        int place = grouping.names().indexOf(one.group());
        int[] images =
            IntStream.range(0, members.length).filter(i -> members[i] == place).toArray();
        found.add(new Candidate(one.group(), images));
      }
    }
    if (found.isEmpty()) {
      throw new SettingException(
          "every group has more than half of the images, and leaving it out cannot be compared with as"
              + " many others: group by another column");
    }
    return found;
  }
}
