package io.journey.results.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.audit.Change.Removed;
import io.journey.results.audit.Judgement.Verdict;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.SettingsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What became of one picture when training images were left out. Read from the directory that an
 * audit leaves.
 *
 * @param manifest settings and inputs that made it
 * @param changes all comparisons
 * @param judgements of the candidates, in their order
 * @param left which images each candidate has
 */
public record Audit(
    Manifest manifest, List<Change> changes, List<Judgement> judgements, List<LeftOut> left) {
  /** The manifest's kind. */
  public static final String KIND = "audit";

  /** A {@link Change} a line. */
  public static final String CHANGES = "changes.csv";

  /** A {@link Judgement} a line. */
  public static final String JUDGEMENTS = "verdicts.csv";

  /** A {@link LeftOut} a line. */
  public static final String LEFT_OUT = "left-out.csv";

  /**
   * The pictures by models of the first member's training seed, float32 [n, C, H, W]: {@link #ALL}
   * by that of all images, and by those of each kind of {@link #pictures}, in the order of {@link
   * #CHANGES}. There are none of a picture that no model drew.
   */
  public static final String PICTURES = "pictures.safetensors";

  /** The picture by the model of all images, in {@link #PICTURES}. */
  public static final String ALL = "all";

  /** The setting of the rule. */
  private static final String RULE = "rule";

  private static final String REMEDY = "audit again";

  /**
   * An image of a candidate.
   *
   * @param index its place in the data
   */
  public record LeftOut(String candidate, int index, String id) {}

  /** Opens a finished audit; a damaged file is an error. */
  public static Audit open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND);
    return new Audit(
        manifest,
        table(manifest, Change.class, CHANGES),
        table(manifest, Judgement.class, JUDGEMENTS),
        table(manifest, LeftOut.class, LEFT_OUT));
  }

  private static <R extends Record> List<R> table(Manifest manifest, Class<R> type, String name) {
    Path file = manifest.verified(name);
    try {
      return Csv.read(type, Files.readString(file), file, REMEDY);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Returns the name in {@link #PICTURES} of pictures by models that lack something. */
  public static String pictures(Removed removed) {
    return removed.name().toLowerCase(Locale.ROOT);
  }

  /** Returns the rule that gave the verdicts. */
  public AuditRule rule() {
    ObjectNode rule = manifest.settingFields().object(RULE);
    return SettingsJson.read(rule, AuditRule.class, manifest.directory().toString());
  }

  /** Returns whether the picture was drawn again; otherwise its loss was measured. */
  public boolean isDrawn() {
    return manifest.lists(PICTURES);
  }

  /** Returns what changes, as in a sentence: "the drawing changes". */
  public String moves() {
    return moves(isDrawn());
  }

  /** Returns what is measured, as in a sentence. */
  public static String moves(boolean drawn) {
    return drawn ? "the drawing changes" : "the model’s loss on the picture rises";
  }

  /** Returns whether models were trained on from the checkpoint, not from the beginning. */
  public boolean isOnward() {
    return manifest.settingFields().object("training").has("base")
        && !manifest.settingFields().object("training").has("lora");
  }

  /** Returns the number of random sets beside each candidate. */
  public int randomSets() {
    return manifest.settingFields().whole("random_sets", 1, Integer.MAX_VALUE);
  }

  /** Returns the judgement that the audit as a whole is called by: the strongest verdict. */
  public Judgement strongest() {
    return judgements.stream()
        .min(
            Comparator.comparing(Judgement::verdict).thenComparingDouble(one -> -one.timesRandom()))
        .orElseThrow();
  }

  /** Returns the verdict on all candidates. */
  public Verdict verdict() {
    return strongest().verdict();
  }
}
