package io.journey.results;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The scores of all training examples at one step of one target. */
public final class StepScores {
  private final float[] scores;
  private final List<ExampleTable.Example> examples;

  /**
   * Scores of examples.
   *
   * @param scores [N]
   * @param examples N
   */
  public StepScores(float[] scores, List<ExampleTable.Example> examples) {
    this.scores = scores;
    this.examples = examples;
  }

  /** Returns the scores, [N]. */
  public float[] values() {
    return scores.clone();
  }

  /** Returns the {@code k} largest scores, largest first; equal ones in the order of examples. */
  public List<Influence> top(int k) {
    return ranked(k, Comparator.comparingDouble((Integer i) -> -scores[i]));
  }

  /** Returns the {@code k} smallest scores, smallest first. */
  public List<Influence> bottom(int k) {
    return ranked(k, Comparator.comparingDouble((Integer i) -> scores[i]));
  }

  private List<Influence> ranked(int k, Comparator<Integer> order) {
    List<Influence> out = new ArrayList<>();
    IntStream.range(0, scores.length)
        .boxed()
        .sorted(order.thenComparingInt(i -> i))
        .limit(k)
        .forEach(
            i ->
                out.add(
                    new Influence(
                        i, examples.get(i).id(), examples.get(i).className(), scores[i])));
    return out;
  }
}
