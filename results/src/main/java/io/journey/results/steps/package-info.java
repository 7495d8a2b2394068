/** Checks of how scores change over timesteps: correlation and sign flips. */
package io.journey.results.steps;
