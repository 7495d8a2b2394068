package io.journey.curation;

import io.journey.condition.Condition;
import io.journey.results.ExampleTable;
import io.journey.results.Influence;
import io.journey.results.curation.Curation;
import io.journey.results.curation.Issue;
import io.journey.results.curation.Signals;
import io.journey.results.curation.Suspect;
import java.util.ArrayList;
import java.util.List;

/**
 * What neighbours, scores for oneself and copies say of every image, and who is suspected for it.
 *
 * @param examples the images
 * @param classNames names of classes by their numbers
 * @param classes the number of each image's class, −1 where it has none, [N]
 * @param neighbours of each image, [N]
 * @param self each image's score for itself over the mean of all, [N]
 * @param copies by pixels
 */
record Suspicions(
    List<ExampleTable.Example> examples,
    List<String> classNames,
    int[] classes,
    Neighbours[] neighbours,
    double[] self,
    Copies copies) {
  /** Images that tell why one is suspected: so many are named at most. */
  private static final int EVIDENCE = 5;

  /** Returns what is said of every image. */
  List<Signals> signals() {
    List<Signals> all = new ArrayList<>();
    for (int i = 0; i < neighbours.length; i++) {
      Neighbours of = neighbours[i];
      int own = classes[i];
      all.add(
          new Signals(
              i,
              examples.get(i).id(),
              examples.get(i).className(),
              copies.correlation()[i],
              copies.isCopy(i) ? examples.get(copies.first()[i]).id() : "",
              isFirstOfTwins(i) ? Double.NaN : of.excess(),
              examples.get(of.supporters()[0]).id(),
              of.rival() < 0 ? Double.NaN : of.otherClasses(own, classes),
              own < 0 ? Double.NaN : of.rivals() - of.own(),
              own < 0 || of.rival() < 0
                  ? ""
                  : new Condition.ClassLabel(of.rival()).words(classNames),
              of.isolation(),
              self[i],
              -of.mean()));
    }
    return all;
  }

  private boolean isFirstOfTwins(int image) {
    int twin = neighbours[image].supporters()[0];
    return image < twin && neighbours[twin].supporters()[0] == image;
  }

  /**
   * Returns the suspects of every issue.
   *
   * @param signals as {@link #signals} returns them
   * @param most of an issue; all near-duplicates
   */
  List<Suspect> suspects(List<Signals> signals, int most) {
    List<Suspect> found = new ArrayList<>();
    for (Issue issue : Issue.values()) {
      List<Signals> ranked = Curation.ranked(signals, issue);
      int count = issue == Issue.DUPLICATES ? ranked.size() : Math.min(most, ranked.size());
      for (int r = 0; r < count; r++) {
        int i = ranked.get(r).index();
        Influence image = influence(i, issue.score(ranked.get(r)));
        found.add(new Suspect(issue, r + 1, image, evidence(issue, i)));
      }
    }
    return found;
  }

  private List<Influence> evidence(Issue issue, int image) {
    Neighbours of = neighbours[image];
    return switch (issue) {
      case DUPLICATES -> named(copies.others(image), copies.correlations(image));
      case AGAINST -> named(of.opponents(), of.opposition());
      case TWINS -> named(of.supporters(), of.support()).subList(0, 1);
      default -> named(of.supporters(), of.support());
    };
  }

  private List<Influence> named(int[] images, float[] scores) {
    List<Influence> named = new ArrayList<>();
    for (int e = 0; e < Math.min(EVIDENCE, images.length); e++) {
      named.add(influence(images[e], scores[e]));
    }
    return named;
  }

  private Influence influence(int image, double score) {
    return new Influence(
        image, examples.get(image).id(), examples.get(image).className(), (float) score);
  }
}
