package io.journey.tensor;

/**
 * A long byte string of a pickle: where it lies, not a copy.
 *
 * @param offset in the pickle
 * @param length in bytes
 */
record PickledBytes(int offset, int length) {}
