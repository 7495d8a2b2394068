package io.journey.dataset;

/**
 * One entry of a listing.
 *
 * @param id unique in its set
 * @param label an index into the set's class names, -1 where there is no class
 * @param image where it lies
 */
record Example(String id, int label, StoredImage image) {}
