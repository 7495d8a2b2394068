/**
 * Architectures, found by {@code _class_name}, and their checkpoints on disk.
 *
 * <p>An architecture is added without a change here: see {@code
 * docs/how-to-add-an-architecture.md}.
 */
package io.journey.model;
