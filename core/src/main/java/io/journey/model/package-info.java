/** Architectures, one file each, and their checkpoints on disk. */
package io.journey.model;
