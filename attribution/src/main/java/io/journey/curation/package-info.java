/**
 * Scores of training images for one another, and what they say of each. Formulas: {@code
 * docs/methods/curation.md}.
 */
package io.journey.curation;
