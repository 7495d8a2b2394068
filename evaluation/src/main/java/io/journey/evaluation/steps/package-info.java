/**
 * Checks of how sampling changes over timesteps: seeds, emergence of features. Nothing is trained
 * here. What scores tell of steps is in {@code io.journey.results.steps}.
 */
package io.journey.evaluation.steps;
