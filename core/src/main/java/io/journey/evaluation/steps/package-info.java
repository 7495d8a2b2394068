/**
 * How a drawing and its scores change over steps: correlation, sign flips, seeds, emergence of
 * features. Nothing is trained here.
 */
package io.journey.evaluation.steps;
