package io.journey.results.curation;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.SettingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the training images say of one another. Read from the directory {@code journey curate}
 * writes.
 */
public final class Curation {
  /** The manifest's kind. */
  public static final String KIND = "curation";

  /** A {@link Signals} a line, of every training image in order. */
  public static final String SIGNALS = "signals.csv";

  /** A {@link Suspect.Line} a line, issue by issue. */
  public static final String SUSPECTS = "suspects.csv";

  /** The suspects with their evidence. */
  public static final String JSON = "curation.json";

  /** The list of {@link #JSON}. */
  public static final String LIST = "suspects";

  private static final String REMEDY = "make it again";

  private final Manifest manifest;
  private final List<Signals> signals;
  private final List<Suspect> suspects;

  private Curation(Manifest manifest, List<Signals> signals, List<Suspect> suspects) {
    this.manifest = manifest;
    this.signals = signals;
    this.suspects = suspects;
  }

  /** Opens a finished directory; a damaged file is an error. */
  public static Curation open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND);
    List<Signals> signals = new ArrayList<>();
    Csv.forEach(Signals.class, manifest.verified(SIGNALS), REMEDY, signals::add);
    Path file = manifest.verified(JSON);
    List<Suspect> suspects = new ArrayList<>();
    for (JsonNode one : Json.read(file).path(LIST)) {
      suspects.add(Json.bind(one, Suspect.class, file.toString()));
    }
    return new Curation(manifest, signals, suspects);
  }

  /** Returns the settings and inputs that made it. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns what is said of every training image, in the order of the data. */
  public List<Signals> signals() {
    return signals;
  }

  /** Returns the images listed for an issue, the most suspected first. */
  public List<Suspect> suspects(Issue issue) {
    return suspects.stream().filter(one -> one.issue() == issue).toList();
  }

  /** Returns all images that an issue may concern, the most suspected first. */
  public List<Signals> ranked(Issue issue) {
    return ranked(signals, issue);
  }

  /** Returns the images that an issue may concern, the most suspected first. */
  public static List<Signals> ranked(List<Signals> signals, Issue issue) {
    return signals.stream()
        .filter(issue::concerns)
        .sorted(
            Comparator.comparingDouble((Signals one) -> -issue.score(one))
                .thenComparing(Signals::index))
        .toList();
  }

  /**
   * Reads what is to be left out: "duplicates,mislabels:20". Of near-duplicates all but the first
   * of each cluster go where no number is said; of other issues it must be said.
   *
   * @return the most images of each issue
   * @throws SettingException if it cannot be understood
   */
  public static Map<Issue, Integer> parseDropped(String text) {
    Map<Issue, Integer> dropped = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      String[] words = part.strip().split(":", 2);
      Issue issue = Issue.parse(words[0]);
      if (words.length == 1 && issue != Issue.DUPLICATES) {
        throw new SettingException(
            "--drop "
                + issue.word()
                + " must say how many of the most suspected images, as in "
                + issue.word()
                + ":20: there is no score from which on an image is certainly wrong");
      }
      if (words.length == 2 && !words[1].matches("[1-9]\\d{0,8}")) {
        throw new SettingException(
            "--drop " + part.strip() + " has no number from 1 behind the colon: write it so");
      }
      int most = words.length == 1 ? Integer.MAX_VALUE : Integer.parseInt(words[1]);
      if (dropped.put(issue, most) != null) {
        throw new SettingException("--drop says " + issue.word() + " twice: say it once");
      }
    }
    return dropped;
  }

  /**
   * Returns the ids of the images that remain, in the order of the data.
   *
   * @param dropped the most images of each issue, as {@link #parseDropped} reads it
   * @throws JourneyException if none remains
   */
  public List<String> kept(Map<Issue, Integer> dropped) {
    BitSet gone = new BitSet(signals.size());
    dropped.forEach(
        (issue, most) -> ranked(issue).stream().limit(most).forEach(one -> gone.set(one.index())));
    List<String> kept =
        signals.stream().filter(one -> !gone.get(one.index())).map(Signals::id).toList();
    if (kept.isEmpty()) {
      throw new JourneyException(
          "Of "
              + Counted.of(signals.size(), "training images")
              + " none would remain: drop fewer.");
    }
    return kept;
  }
}
