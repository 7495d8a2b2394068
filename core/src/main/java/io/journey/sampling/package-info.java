/** Samplers, one file each, and the trajectories they leave. */
package io.journey.sampling;
