package io.journey.condition;

import io.journey.run.JourneyException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The conditions of a batch. Rows that share a condition share its entry, so that whatever a model
 * makes of a condition is made once.
 *
 * @param distinct the conditions, each once
 * @param ofRows the index in {@code distinct} of each row's condition, [B]
 */
public record Conditioning(List<Condition> distinct, int[] ofRows) {
  public Conditioning {
    distinct = List.copyOf(distinct);
  }

  /** Batches the conditions of some rows. */
  public static Conditioning of(List<? extends Condition> rows) {
    Map<Condition, Integer> places = new LinkedHashMap<>();
    int[] ofRows = new int[rows.size()];
    for (int b = 0; b < ofRows.length; b++) {
      places.putIfAbsent(rows.get(b), places.size());
      ofRows[b] = places.get(rows.get(b));
    }
    return new Conditioning(List.copyOf(places.keySet()), ofRows);
  }

  /** Gives all rows of a batch one condition. */
  public static Conditioning repeated(Condition condition, int rows) {
    return of(Collections.nCopies(rows, condition));
  }

  /** Returns B, the number of rows. */
  public int rows() {
    return ofRows.length;
  }

  /**
   * Returns the number of each row's class, [B].
   *
   * @throws JourneyException if a row has no class
   */
  public int[] classNumbers() {
    int[] numbers =
        distinct.stream()
            .mapToInt(
                condition ->
                    condition
                        .classNumber()
                        .orElseThrow(
                            () ->
                                new JourneyException(
                                    "The model was trained with classes and the images have none:"
                                        + " name data whose images have classes, or a model without"
                                        + " them.")))
            .toArray();
    return Arrays.stream(ofRows).map(place -> numbers[place]).toArray();
  }
}
