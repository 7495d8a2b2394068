package io.journey.results.curation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.journey.results.Influence;
import io.journey.run.Csv;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An image that a person should look at, and the images that tell so.
 *
 * @param issue why
 * @param rank from 1
 * @param image with its score, as {@link Issue#score}
 * @param evidence the strongest first, each with its score for the image: a correlation of pixels
 *     for near-duplicates, else a cosine of scores
 */
public record Suspect(Issue issue, int rank, Influence image, List<Influence> evidence) {
  /**
   * The same as a line of {@link Curation#SUSPECTS}.
   *
   * @param evidence the ids, with "; " between them
   */
  public record Line(
      String issue,
      int rank,
      int index,
      String id,
      @JsonProperty("class") String className,
      @Csv.Format("%.6e") double score,
      String evidence) {}

  /** Returns the same as a line of a table. */
  public Line line() {
    String ids = evidence.stream().map(Influence::exampleId).collect(Collectors.joining("; "));
    return new Line(
        issue.word(),
        rank,
        image.index(),
        image.exampleId(),
        image.className(),
        image.score(),
        ids);
  }
}
