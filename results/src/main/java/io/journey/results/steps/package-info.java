/** How scores change over the steps of a drawing: correlation and sign flips. */
package io.journey.results.steps;
