package io.journey.embedding;

import io.journey.dataset.Dataset;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A data set's labelled examples, a tenth of each class kept apart from training. Examples without
 * a class belong to neither part.
 *
 * @param classes numbers of the classes that occur, rising
 * @param training indices of examples, rising
 * @param heldOut the same of those that only measure
 */
record HeldOut(List<Integer> classes, List<Integer> training, List<Integer> heldOut) {
  private static final int ONE_OF = 10;

  /**
   * Divides a data set.
   *
   * @throws JourneyException if there are fewer than two classes, or too few images of every class
   */
  static HeldOut of(Dataset data, Seed seed) {
    TreeMap<Integer, List<Integer>> byClass = new TreeMap<>();
    for (int i = 0; i < data.size(); i++) {
      int index = i;
      data.condition(i)
          .classNumber()
          .ifPresent(c -> byClass.computeIfAbsent(c, n -> new ArrayList<>()).add(index));
    }
    if (byClass.size() < 2) {
      throw new JourneyException(
          "A classifier needs images of at least two classes, "
              + data.spec()
              + (byClass.isEmpty()
                  ? " has none with a class"
                  : " has only those of " + data.classNames().get(byClass.firstKey()))
              + ": name data with classes, such as a folder with a folder for each.");
    }
    List<Integer> training = new ArrayList<>();
    List<Integer> heldOut = new ArrayList<>();
    byClass.forEach(
        (label, members) -> {
          int[] order = seed.child(label).stream().permutation(members.size());
          int kept = (members.size() + ONE_OF / 2) / ONE_OF;
          for (int i = 0; i < order.length; i++) {
            (i < kept ? heldOut : training).add(members.get(order[i]));
          }
        });
    if (heldOut.isEmpty()) {
      throw new JourneyException(
          "A classifier keeps a tenth of each class to measure itself, "
              + data.spec()
              + " has no class of five images: add images.");
    }
    training.sort(null);
    heldOut.sort(null);
    return new HeldOut(List.copyOf(byClass.keySet()), training, heldOut);
  }

  /** Returns the place among the classes of an example that has one. */
  int place(Dataset data, int example) {
    return classes.indexOf(data.condition(example).classNumber().orElseThrow());
  }
}
