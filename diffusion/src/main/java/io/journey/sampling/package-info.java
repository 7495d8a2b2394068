/**
 * Drives schedulers, under guidance, and keeps the trajectories they leave; makes targets of
 * pictures that no model drew.
 */
package io.journey.sampling;
