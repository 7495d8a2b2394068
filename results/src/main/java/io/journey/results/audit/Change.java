package io.journey.results.audit;

import io.journey.run.Csv;

/**
 * What became of the picture in one comparison of two models: a line of {@link Audit#CHANGES}.
 *
 * @param candidate the set of images that was left out, or that random ones match; "" of another
 *     seed
 * @param removed what was left out
 * @param set from 0, among those of the same kind
 * @param member the training seed that both models share; of another seed: the first of the two
 * @param change how far the picture moved, or how much its loss rose
 */
public record Change(
    String candidate, Removed removed, int set, int member, @Csv.Format("%.9e") double change) {
  /** What one of the two models did not have. */
  public enum Removed {
    /** The images whose part in the picture is asked about. */
    CANDIDATE,
    /** As many images, chosen at random. */
    RANDOM,
    /** No images: it was trained with another seed. */
    NOTHING
  }
}
