package io.journey.results;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The score of one training example at one step of a target.
 *
 * @param index the example's place in the data set
 * @param exampleId its name
 * @param className its class, or ""
 * @param score positive: it guided the step towards its outcome; negative: away from it
 */
public record Influence(
    int index,
    @JsonProperty("id") String exampleId,
    @JsonProperty("class") String className,
    float score) {
  /**
   * Returns those whose scores are positive, or those whose scores are negative, in their order.
   */
  public static List<Influence> ofSign(List<Influence> some, boolean positive) {
    return some.stream().filter(one -> positive ? one.score > 0 : one.score < 0).toList();
  }
}
