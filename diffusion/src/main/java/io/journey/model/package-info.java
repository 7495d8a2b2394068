/**
 * Architectures, found by {@code _class_name}, and their checkpoints on disk.
 *
 * <p>An architecture is added without a change here: see {@code docs/extend/architecture.md}.
 */
package io.journey.model;
