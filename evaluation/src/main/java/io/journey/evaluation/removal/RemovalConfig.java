package io.journey.evaluation.removal;

import static java.util.Objects.requireNonNull;

import io.journey.run.SettingException;
import io.journey.training.Retraining.Coupling;
import java.util.List;

/**
 * The images that are removed before models are trained again, and how many are.
 *
 * @param step t of the scores that say what is removed
 * @param removed K, how many training images are removed; with 0, a coupled model is the original
 * @param targets the first so many trajectories are looked at
 * @param coupling whether a model has its training seed in common with one trained on all images
 * @param seeds R, models trained without each set of images
 * @param otherSeeds models trained on all images with another seed than the original's
 * @param randomSets sets of K random images, the same for all targets
 * @param bottom whether the K lowest scores are removed as well
 * @param seed of random sets, fresh noise and intervals
 */
public record RemovalConfig(
    int step,
    List<Integer> removed,
    int targets,
    Coupling coupling,
    int seeds,
    int otherSeeds,
    int randomSets,
    boolean bottom,
    long seed) {
  /** The largest number of models of one kind: more are a slip of the finger. */
  public static final int MOST = 500;

  public RemovalConfig {
    requireNonNull(coupling, "coupling");
    removed = removed.stream().distinct().sorted().toList();
    if (removed.isEmpty() || removed.get(0) < 0) {
      throw new SettingException("numbers of images to remove must be at least 0, got " + removed);
    }
    if (step < 0) {
      throw new SettingException("step must be at least 0, got " + step);
    }
    requireCount("targets", targets, Integer.MAX_VALUE);
    requireCount("seeds", seeds, MOST);
    requireCount("other seeds", otherSeeds, MOST);
    requireCount("random sets", randomSets, MOST);
  }

  private static void requireCount(String what, int count, int most) {
    if (count < 1 || count > most) {
      throw new SettingException(
          what
              + " must be at least 1"
              + (most < Integer.MAX_VALUE ? " and at most " + most : "")
              + ", got "
              + count);
    }
  }
}
