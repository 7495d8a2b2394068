/**
 * From features to a score per example and step. {@link io.journey.score.Estimators} finds the
 * estimators, one file each; {@link io.journey.score.ScoringEngine} asks them, for attributions and
 * for checks alike.
 */
package io.journey.score;
