package io.journey.results;

import com.fasterxml.jackson.annotation.JsonProperty;

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
    float score) {}
