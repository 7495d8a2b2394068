/**
 * Training examples with stable ids, from files people really have, and subsets of them.
 *
 * <p>A format lists its examples with the place of each image ({@code Listing}, {@code
 * StoredImage}); filters choose among them ({@code Selection}); all are read once ({@code
 * FirstReading}), and from then on from memory or from their place ({@code IndexedDataset}). The
 * formats are described in {@code docs/formats/dataset.md}.
 */
package io.journey.dataset;
