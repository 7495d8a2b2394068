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

  /** Returns what is found for a target over all steps, in a sentence or two. */
  public String sentence(int target) {
    return sentence(column(), of(target, GroupScore.OVERALL));
  }

  /**
   * Returns what is found for a target.
   *
   * @param overall scores over all steps, the strongest push towards it first
   */
  static String sentence(String column, List<GroupScore> overall) {
    List<GroupScore> beyond = new ArrayList<>(overall);
    beyond.removeIf(one -> one.verdict() == Verdict.CHANCE);
    if (beyond.isEmpty()) {
      GroupScore nearest =
          overall.stream().min(Comparator.comparingDouble(GroupScore::p)).orElseThrow();
      return String.format(
          Locale.ROOT,
          "Nobody in particular: no group by %s is beyond chance. The farthest is %s; %.0f %% of random"
              + " groupings have a group as far.",
          shown(column),
          quoted(nearest),
          100 * nearest.p());
    }
    beyond.sort(Comparator.comparingDouble(one -> -Math.abs(one.z())));
    String told =
        beyond.stream().limit(TOLD).map(GroupScores::words).collect(Collectors.joining("; "));
    String more =
        beyond.size() > TOLD ? "; and " + Counted.of(beyond.size() - TOLD, "more groups") : "";
    long reaching = beyond.stream().filter(GroupScore::reachesChance).count();
    String doubt =
        reaching == 0
            ? ""
            : String.format(
                Locale.ROOT,
                " The interval over checkpoints reaches chance for %s.",
                beyond.size() == 1 ? "it" : reaching + " of these " + beyond.size());
    return "Beyond chance: " + told + more + "." + doubt;
  }

  private static String words(GroupScore one) {
    return String.format(
        Locale.ROOT,
        "%s %s (%s, %s%.1f deviations, p = %.3f)",
        quoted(one),
        one.verdict() == Verdict.TOWARDS ? "towards the picture" : "away from it",
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
