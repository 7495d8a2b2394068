package io.journey.dataset;

import io.journey.condition.Condition;

/**
 * One entry of a listing.
 *
 * @param id unique in its set
 * @param condition a class is an index into the set's class names
 * @param image where it lies
 */
public record StoredExample(String id, Condition condition, StoredImage image) {}
