package io.journey.results.lds;

import io.journey.results.ExampleTable;
import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Several truths of the same targets, steps and data, predicted together: scores are computed once
 * for all of them. Scores are of the checkpoints that the first is about.
 *
 * @param all one or more
 */
public record Truths(List<? extends Truth> all) implements Truth {
  /**
   * @throws JourneyException if one is of other targets, steps or data than the first
   */
  public Truths {
    all = List.copyOf(all);
    Truth first = all.get(0);
    for (Truth other : all) {
      if (!Arrays.equals(other.steps(), first.steps())
          || !other.data().equals(first.data())
          || !other.trajectories().equals(first.trajectories())
          || other.isOfPictures() != first.isOfPictures()) {
        throw new JourneyException(
            "Two ground truths are of other targets, steps, measures or training images: make them of"
                + " the same to see them side by side.");
      }
    }
  }

  private Truth first() {
    return all.get(0);
  }

  @Override
  public int[] steps() {
    return first().steps();
  }

  @Override
  public int targets() {
    return first().targets();
  }

  @Override
  public List<ExampleTable.Example> examples() {
    return first().examples();
  }

  @Override
  public String data() {
    return first().data();
  }

  @Override
  public String trajectories() {
    return first().trajectories();
  }

  @Override
  public int checkpoints() {
    return first().checkpoints();
  }

  @Override
  public boolean isOfPictures() {
    return first().isOfPictures();
  }

  @Override
  public double[] predictions(float[] scores) {
    return all.stream()
        .map(truth -> truth.predictions(scores))
        .flatMapToDouble(DoubleStream::of)
        .toArray();
  }

  /**
   * Returns the predictions of each truth by itself.
   *
   * @param together what {@link #predictions} made of each estimator
   * @return for each truth, one for each estimator
   */
  public List<List<Prediction>> apart(List<Prediction> together) {
    if (all.size() == 1) {
      return List.of(List.copyOf(together));
    }
    float[] none = new float[examples().size()];
    List<List<Prediction>> apart = new ArrayList<>();
    int from = 0;
    for (Truth truth : all) {
      int first = from;
      int end = from + truth.predictions(none).length;
      apart.add(together.stream().map(one -> one.between(first, end)).toList());
      from = end;
    }
    return apart;
  }
}
