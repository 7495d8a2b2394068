/**
 * Results, read without libtorch: the scores of an {@link io.journey.results.Attribution}, the
 * words, tables and figures of an {@link io.journey.results.EvaluationResult}, and how alike two
 * attributions are. Below it what follows from them alone.
 */
package io.journey.results;
