/** Trains one model or an ensemble, on all data or on subsets. */
package io.journey.training;
