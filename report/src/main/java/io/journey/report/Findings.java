package io.journey.report;

import io.journey.dataset.Dataset;
import io.journey.results.Attribution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The most surprising things in an attribution, each one sentence with its numbers.
 *
 * <p>Content words are those of {@link io.journey.statistics.SharedWords}.
 *
 * <p>Every kind of finding has a chance model; a finding's surprise is −log10 of the probability,
 * under it, of a count at least as extreme, after Bonferroni's correction for the steps, pictures,
 * examples and classes it was searched over. K = 10 are the strongest, N the training images, T the
 * pictures, S the steps.
 *
 * <table>
 * <caption>Kinds and chance models</caption>
 * <tr><th>kind</th><th>count</th><th>chance model</th></tr>
 * <tr><td>HUB</td><td>pictures with one example among their top K, at one step</td>
 *     <td>binomial(T, K/N), searched over N examples and S steps</td></tr>
 * <tr><td>CLASS_CHANGE</td><td>the majority class among the top K at a noisier step, and another at
 *     a later one</td><td>two independent draws of K without putting back, searched over T pictures,
 *     all pairs of steps and of classes</td></tr>
 * <tr><td>NEGATIVE_KIN</td><td>examples among the bottom K at the last step that are of the
 *     picture's own class</td><td>binomial(T·K, the class's share of the data)</td></tr>
 * <tr><td>PIXELS</td><td>pictures whose strongest example is among the K nearest in pixels, at one
 *     step</td><td>binomial(T, K/N), searched over S steps</td></tr>
 * <tr><td>CAPTIONS</td><td>examples among the top K that have a content word of the picture's prompt
 *     in a caption, at one step</td><td>binomial(T·K, the share of all examples that have one),
 *     searched over S steps</td></tr>
 * <tr><td>WORD</td><td>examples among the top K that have one content word of a picture's prompt in
 *     a caption, at one step</td><td>K drawn without putting back, searched over S steps and all
 *     words of all prompts that are in a caption</td></tr>
 * <tr><td>TURNOVER</td><td>examples the top K at the first and last step share</td>
 *     <td>at most that many of binomial(T·K, the share neighbouring steps keep): no drift</td></tr>
 * <tr><td>SIGN_FLIP</td><td>examples among the top K at one step and the bottom K at another</td>
 *     <td>Poisson with the mean for scores independent between steps</td></tr>
 * </table>
 *
 * <p>The models take pictures and examples as independent, which they are not: surprise orders the
 * candidates and keeps out what chance alone would give; it is no p-value to report.
 */
public final class Findings {
  /** The largest number of findings. */
  public static final int TOLD = 3;

  /** The least surprise of a finding: one in a hundred. */
  public static final double LEAST_SURPRISE = 2;

  /** Said where there are no findings. */
  public static final String NONE =
      "Nothing in these scores stands out from what chance alone would give.";

  private Findings() {}

  /**
   * Returns the findings to tell, most surprising first, at most one of a kind.
   *
   * @param dataset the training images, in the order of the scores; captions are asked for where
   *     the model takes text
   * @return up to {@link #TOLD} sentences; none where nothing stands out
   */
  public static List<String> of(Attribution attribution, Dataset dataset, TargetImages targets) {
    Dataset pictures = TrainingPictures.of(attribution, dataset, targets);
    return told(candidates(Evidence.of(attribution, pictures, targets)));
  }

  static List<String> told(List<Finding> candidates) {
    return candidates.stream()
        .filter(f -> f.surprise() >= LEAST_SURPRISE)
        .limit(TOLD)
        .map(Finding::sentence)
        .toList();
  }

  /** Returns the best finding of every kind that applies, most surprising first. */
  static List<Finding> candidates(Evidence evidence) {
    FindingSearch search = new FindingSearch(evidence);
    List<Finding> found = new ArrayList<>();
    search.hub().ifPresent(found::add);
    search.classChange().ifPresent(found::add);
    search.negativeKin().ifPresent(found::add);
    search.pixels().ifPresent(found::add);
    CaptionFindings captions = new CaptionFindings(evidence);
    captions.captions().ifPresent(found::add);
    captions.word().ifPresent(found::add);
    search.turnover().ifPresent(found::add);
    search.signFlip().ifPresent(found::add);
    found.sort(
        Comparator.comparingDouble(Finding::surprise).reversed().thenComparing(Finding::kind));
    return found;
  }
}
