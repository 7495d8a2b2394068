/**
 * Architectures, found by {@code _class_name}, and their checkpoints on disk.
 *
 * <p>A {@link io.journey.model.LoraFile} changes layers of one: it is put on a {@link
 * io.journey.model.Checkpoint}, whose θ are its pairs then, or merged into the weights.
 *
 * <p>An architecture is added without a change here: see {@code docs/extend/architecture.md}.
 */
package io.journey.model;
