/** Computes projected gradients of a dataset and keeps them on disk. */
package io.journey.features;
