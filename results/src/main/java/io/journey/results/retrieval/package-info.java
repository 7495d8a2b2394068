/**
 * Hidden-source retrieval: which scores put training images of another source first, when a picture
 * of that source is attributed; nothing is trained for it.
 */
package io.journey.results.retrieval;
