/** Scores of groups of training images: of an artist, a source, a class, a near-duplicate. */
package io.journey.results.groups;
