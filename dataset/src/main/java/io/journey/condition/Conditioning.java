package io.journey.condition;

import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The conditions of a batch. Whatever a model makes of a condition is made once for an entry, and
 * rows share their entry's. Two images whose gradients are told apart must not share one, even
 * under one condition: a layer that sees the entry would see both images in one row. {@link
 * #ofImages} keeps them apart; {@link #of} is for everything else.
 *
 * @param entries U conditions
 * @param ofRows the index in {@code entries} of each row's condition, [B]
 */
public record Conditioning(List<Condition> entries, int[] ofRows) {
  public Conditioning {
    entries = List.copyOf(entries);
    for (int entry : ofRows) {
      Objects.checkIndex(entry, entries.size());
    }
  }

  /** Batches the conditions of some rows; those that are equal share an entry. */
  public static Conditioning of(List<? extends Condition> rows) {
    Map<Condition, Integer> places = new LinkedHashMap<>();
    int[] ofRows = new int[rows.size()];
    for (int b = 0; b < ofRows.length; b++) {
      places.putIfAbsent(rows.get(b), places.size());
      ofRows[b] = places.get(rows.get(b));
    }
    return new Conditioning(List.copyOf(places.keySet()), ofRows);
  }

  /**
   * Batches the conditions of N images with R draws each, row r·N + n being draw r of image n. Each
   * image has as many entries as it takes for its draws to go through them in turn: row r·N + n has
   * entry (r mod E)·N + n of E·N, which is one an image where each has one condition.
   *
   * @param images the conditions of each image: one for all its draws, or that of each, [N][R]
   * @param draws R
   */
  public static Conditioning ofImages(List<? extends List<? extends Condition>> images, int draws) {
    int each = 1; // E
    while (!repeat(images, each, draws)) {
      each++;
    }
    int n = images.size();
    List<Condition> entries = new ArrayList<>();
    for (int e = 0; e < each; e++) {
      for (List<? extends Condition> image : images) {
        entries.add(image.get(e % image.size()));
      }
    }
    int[] ofRows = new int[Math.multiplyExact(n, draws)];
    int entriesOfImage = each;
    Arrays.setAll(ofRows, row -> row / n % entriesOfImage * n + row % n);
    return new Conditioning(entries, ofRows);
  }

  /** Whether the conditions of all images come again after some draws. */
  private static boolean repeat(
      List<? extends List<? extends Condition>> images, int period, int draws) {
    for (List<? extends Condition> image : images) {
      for (int r = period; image.size() > 1 && r < draws; r++) {
        if (!image.get(r).equals(image.get(r - period))) {
          return false;
        }
      }
    }
    return true;
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
        entries.stream()
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

  /**
   * Returns the captions of the entries, [U].
   *
   * @throws JourneyException if an entry has no text
   * @throws IllegalStateException if nobody has computed the states of one
   */
  public List<Condition.Caption> captions() {
    List<Condition.Caption> captions = new ArrayList<>();
    for (Condition entry : entries) {
      if (entry instanceof Condition.Prompt prompt) {
        throw new IllegalStateException("the prompt '" + prompt.text() + "' was not resolved");
      }
      if (!(entry instanceof Condition.Caption caption)) {
        throw new JourneyException(
            "The model was trained with captions and the images have none: name data whose images"
                + " have captions, or a model without them.");
      }
      captions.add(caption);
    }
    return captions;
  }
}
