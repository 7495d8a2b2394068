package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.embedding.Classifier;
import io.journey.run.Json;
import io.journey.scenes.Scene;
import io.journey.statistics.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts how far pictures show what their captions say. */
final class SceneTally {
  /**
   * What a picture shows, in the classifier's eyes.
   *
   * @param leftStyle of the left half; drawings may mix styles
   */
  record Seen(String left, String leftStyle, String right, String rightStyle) {
    /** Names the likeliest emoji of each half, of all its styles, and the likeliest style. */
    static Seen of(Classifier classifier, float[] picture) {
      float[][] found =
          classifier.probabilities(AugmentedScenes.halves(picture), SceneHalves.SHAPE);
      List<String> classes = classifier.classNames();
      return new Seen(
          likeliest(classes, found[0], 0),
          likeliest(classes, found[0], 1),
          likeliest(classes, found[1], 0),
          likeliest(classes, found[1], 1));
    }

    /** The likeliest part of "name, style". */
    private static String likeliest(List<String> classes, float[] probabilities, int part) {
      Map<String, Double> sums = new LinkedHashMap<>();
      for (int i = 0; i < probabilities.length; i++) {
        sums.merge(classes.get(i).split(", ")[part], (double) probabilities[i], Double::sum);
      }
      return sums.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    }
  }

  private int pictures;
  private int objects;
  private int places;
  private int styles;
  private int whole;

  /** Counts a picture, and returns whether all of it is right. */
  boolean add(Scene asked, Seen seen) {
    List<String> shown = new ArrayList<>(List.of(seen.left(), seen.right()));
    int found = 0;
    for (String name : List.of(asked.left(), asked.right())) {
      found += shown.remove(name) ? 1 : 0;
    }
    int placed = of(seen.left().equals(asked.left())) + of(seen.right().equals(asked.right()));
    int styled =
        of(seen.leftStyle().equals(asked.style())) + of(seen.rightStyle().equals(asked.style()));
    pictures++;
    objects += found;
    places += placed;
    styles += styled;
    boolean right = placed == 2 && styled == 2;
    whole += of(right);
    return right;
  }

  private static int of(boolean yes) {
    return yes ? 1 : 0;
  }

  /**
   * Returns the shares: of the objects asked for that are in the picture, of halves that show
   * theirs, of halves in the style asked for, of pictures without any fault.
   */
  ObjectNode json() {
    ObjectNode json = Json.object().put("pictures", pictures);
    share(json, "objects", objects, 2 * pictures);
    share(json, "places", places, 2 * pictures);
    share(json, "style", styles, 2 * pictures);
    share(json, "whole", whole, pictures);
    return json;
  }

  private static void share(ObjectNode json, String name, int hits, int of) {
    Estimate share = Estimate.ofShare(hits, of);
    json.put(name, rounded(share.mean())).put(name + "_error", rounded(share.standardError()));
  }

  private static double rounded(double number) {
    return Math.round(number * 1e4) / 1e4;
  }
}
