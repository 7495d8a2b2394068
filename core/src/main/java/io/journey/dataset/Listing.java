package io.journey.dataset;

import java.util.List;

/**
 * What a data set holds, before anything is decoded or left out.
 *
 * @param classNames empty where there are no classes
 * @param examples in the set's order, with distinct ids
 */
record Listing(List<String> classNames, List<Example> examples) {}
