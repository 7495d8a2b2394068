package io.journey.results.curation;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.journey.run.SettingException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What may be wrong with a training image. The higher its score, the more it is suspected. */
public enum Issue {
  /** Its pixels are nearly those of an earlier image. */
  DUPLICATES("Near-duplicates", Signals::duplicates),
  /** One other image, an earlier one where it is mutual, supports it far more than the rest do. */
  TWINS("Twins to the model", Signals::twins),
  /** The images that support it most bear other classes. */
  MISLABELS("Perhaps mislabelled", Signals::mislabels),
  /** Even the images that support it most hardly do. */
  FOREIGN("Foreign to the rest", Signals::foreign),
  /** It counts for itself far more than others do for themselves. */
  SELF_INFLUENCE("Counts most for itself", Signals::selfInfluence),
  /** It pushes the other images away, taken together. */
  AGAINST("Against the rest", Signals::against);

  private final String title;
  private final ToDoubleFunction<Signals> score;

  Issue(String title, ToDoubleFunction<Signals> score) {
    this.title = title;
    this.score = score;
  }

  /** Returns its name in options, tables and files: "self-influence". */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns its name on a page. */
  public String title() {
    return title;
  }

  /** Returns the score of an image, NaN where it has none. */
  public double score(Signals image) {
    return score.applyAsDouble(image);
  }

  /** Returns whether an image may be listed at all, whatever its rank. */
  public boolean concerns(Signals image) {
    double found = score(image);
    return this == AGAINST ? found > 0 : !Double.isNaN(found);
  }

  /**
   * Returns the one of this name.
   *
   * @throws SettingException if there is none
   */
  @JsonCreator
  public static Issue parse(String word) {
    return Arrays.stream(values())
        .filter(issue -> issue.word().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                new SettingException(
                    "issue '"
                        + word
                        + "' is unknown: use one of "
                        + Arrays.stream(values())
                            .map(Issue::word)
                            .collect(Collectors.joining(", "))));
  }
}
