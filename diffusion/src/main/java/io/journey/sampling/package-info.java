/** Drives schedulers, under guidance, and keeps the trajectories they leave. */
package io.journey.sampling;
