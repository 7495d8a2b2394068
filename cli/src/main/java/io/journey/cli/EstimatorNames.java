package io.journey.cli;

import io.journey.score.Estimators;
import java.util.Iterator;

/** The estimators on the class path with the features they need, for help. */
final class EstimatorNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Estimators.described().iterator();
  }
}
