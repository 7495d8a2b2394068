package io.journey.results.groups;

import io.journey.results.Attribution;
import io.journey.results.groups.GroupScore.Verdict;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Scores of groups of training images for every target, at every attributed step and over all. Read
 * from the directory {@code journey groups} writes.
 */
public final class GroupScores {
  /** The manifest's kind. */
  public static final String KIND = "groups";

  /** A {@link GroupScore} a line. */
  public static final String TABLE = "groups.csv";

  /** The table of who is in which group, an {@link Assigned} a line. */
  public static final String ASSIGNED = "assigned.csv";

  /**
   * A line of {@link #ASSIGNED}.
   *
   * @param group "" where the image has none
   */
  public record Assigned(int index, String id, String group) {}

  /** The same with what follows from it in words. */
  public static final String JSON = "groups.json";

  /** The rule that gives verdicts. */
  public static final String RULE =
      "A group is beyond chance where fewer than 5 of 100 random groupings of the same sizes have any"
          + " group as far from chance, in deviations of a random group of its size.";

  /** Groups named in a sentence. */
  private static final int TOLD = 3;

  private final Manifest manifest;
  private final List<GroupScore> scores;

  private GroupScores(Manifest manifest, List<GroupScore> scores) {
    this.manifest = manifest;
    this.scores = scores;
  }

  /** Opens a finished directory; a damaged file is an error. */
  public static GroupScores open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND);
    return new GroupScores(manifest, table(GroupScore.class, manifest.verified(TABLE)));
  }

  /**
   * Opens scores of groups of the same attribution.
   *
   * @throws JourneyException if one is damaged, or is of another attribution
   */
  public static List<GroupScores> open(List<Path> directories, Attribution attribution) {
    List<GroupScores> found = new ArrayList<>();
    for (Path directory : directories) {
      GroupScores groups = GroupScores.open(directory);
      String of = groups.manifest().inputFields().text("attribution");
      if (!of.equals(attribution.manifest().fingerprint())) {
        throw new JourneyException(
            directory
                + " has the groups of another attribution than "
                + attribution.manifest().directory()
                + ": run journey groups on this one.");
      }
      found.add(groups);
    }
    return found;
  }

  /**
   * Returns the group of every training image, in the order of scores; "" where it has none.
   *
   * @throws JourneyException if the table is damaged
   */
  public List<String> assigned() {
    return table(Assigned.class, manifest.verified(ASSIGNED)).stream()
        .map(Assigned::group)
        .toList();
  }

  private static <R extends Record> List<R> table(Class<R> type, Path file) {
    try {
      return Csv.read(type, Files.readString(file), file, "make it again");
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Returns the settings and inputs that made it. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns what they are groups by. */
  public String column() {
    return manifest.settingFields().text("group");
  }

  /**
   * Returns the scores of groups for a target, the strongest push towards it first.
   *
   * @param timestep t, or {@link GroupScore#OVERALL}
   */
  public List<GroupScore> of(int target, String timestep) {
    return ranked(
        scores.stream()
            .filter(one -> one.target() == target && one.timestep().equals(timestep))
            .toList());
  }

  private static List<GroupScore> ranked(List<GroupScore> some) {
    return some.stream()
        .sorted(
            Comparator.comparingDouble((GroupScore one) -> -one.z())
                .thenComparing(GroupScore::group))
        .toList();
  }

  /** Returns what is found for a target, over all steps and at single ones, in a few sentences. */
  public String sentence(int target) {
    return sentence(column(), scores.stream().filter(one -> one.target() == target).toList());
  }

  /**
   * Returns what is found for a target.
   *
   * @param ofTarget its scores over all steps and at each
   */
  static String sentence(String column, List<GroupScore> ofTarget) {
    List<GroupScore> overall = ofTarget.stream().filter(GroupScore::isOverall).toList();
    List<GroupScore> beyond = beyond(overall);
    List<GroupScore> atSteps = atSteps(ofTarget, beyond);
    if (!beyond.isEmpty()) {
      String steps = atSteps.isEmpty() ? "" : " At single steps, too: " + told(atSteps) + ".";
      return "Beyond chance over all steps: " + told(beyond) + "." + doubt(beyond) + steps;
    }
    String steps =
        atSteps.isEmpty() ? "" : " At single steps, beyond chance: " + told(atSteps) + ".";
    List<GroupScore> untold =
        overall.stream().filter(one -> one.verdict() == Verdict.CANNOT_TELL).toList();
    return (untold.size() == overall.size()
            ? untold(column, overall)
            : nobody(column, overall, untold.size(), steps.isEmpty()))
        + steps;
  }

  /** Returns the scores that are beyond chance, the farthest first. */
  private static List<GroupScore> beyond(List<GroupScore> some) {
    return some.stream()
        .filter(one -> one.verdict().isBeyondChance())
        .sorted(Comparator.comparingDouble(one -> -Math.abs(one.z())))
        .toList();
  }

  /** Returns for each group that is beyond chance at single steps alone the farthest of these. */
  private static List<GroupScore> atSteps(List<GroupScore> ofTarget, List<GroupScore> overall) {
    Set<String> seen = overall.stream().map(GroupScore::group).collect(Collectors.toSet());
    return beyond(ofTarget.stream().filter(one -> !one.isOverall()).toList()).stream()
        .filter(one -> seen.add(one.group()))
        .toList();
  }

  private static String told(List<GroupScore> beyond) {
    return beyond.stream().limit(TOLD).map(GroupScores::words).collect(Collectors.joining("; "))
        + (beyond.size() > TOLD ? "; and " + Counted.of(beyond.size() - TOLD, "more groups") : "");
  }

  private static String doubt(List<GroupScore> beyond) {
    long reaching = beyond.stream().filter(GroupScore::reachesChance).count();
    return reaching == 0
        ? ""
        : String.format(
            Locale.ROOT,
            " The interval over checkpoints reaches chance for %s.",
            beyond.size() == 1 ? "it" : reaching + " of these " + beyond.size());
  }

  /**
   * Returns that no group is beyond chance.
   *
   * @param untold of how many groups nothing can be told
   * @param noStep whether none is at a single step either
   */
  private static String nobody(
      String column, List<GroupScore> overall, int untold, boolean noStep) {
    GroupScore nearest =
        overall.stream().min(Comparator.comparingDouble(GroupScore::p)).orElseThrow();
    return String.format(
        Locale.ROOT,
        "Nobody in particular%s: no group by %s is beyond chance%s. The farthest over all steps is %s;"
            + " %.0f %% of random groupings have a group as far.%s",
        noStep ? "" : " over all steps together",
        shown(column),
        noStep ? ", over all steps together or at one of them" : "",
        quoted(nearest),
        100 * nearest.p(),
        untold == 0
            ? ""
            : String.format(
                Locale.ROOT,
                " Of %d of %d groups it cannot be told: not even the strongest images would put a group of"
                    + " that size beyond chance.",
                untold,
                overall.size()));
  }

  /** Returns why nothing can be told of any group, and what to do. */
  private static String untold(String column, List<GroupScore> overall) {
    String by = shown(column);
    if (overall.size() == 1 && overall.get(0).chanceShare() == 1) {
      return "Cannot be told: all images are in one group by "
          + by
          + ", so there is nothing to compare it with. Group by a column that parts them.";
    }
    if (overall.stream().allMatch(one -> one.chanceDeviation() == 0)) {
      return "Cannot be told: all images have the same score.";
    }
    return "Cannot be told: "
        + (overall.stream().allMatch(one -> one.images() == 1)
            ? "every group by " + by + " has one image alone"
            : "the groups by " + by + " are too small, or nearly all images are in one")
        + ", and not even the strongest images would put one beyond chance. Group by a column that"
        + " more images share, and not all.";
  }

  private static String words(GroupScore one) {
    return String.format(
        Locale.ROOT,
        "%s %s%s (%s, %s%.1f deviations, p = %.3f)",
        quoted(one),
        one.verdict() == Verdict.TOWARDS ? "towards the picture" : "away from it",
        one.isOverall() ? "" : " at t = " + one.timestep(),
        Counted.of(one.images(), "images"),
        one.z() < 0 ? "−" : "+",
        Math.abs(one.z()),
        one.p());
  }

  private static String quoted(GroupScore one) {
    return "“" + shown(one.group()) + "”";
  }

  private static String shown(String name) {
    return Printable.of(name.replaceAll("\\s+", " "));
  }
}
