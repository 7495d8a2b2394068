/**
 * Means and their errors, rankings and how they agree, what chance does, and how alike pictures are
 * by their pixels.
 */
package io.journey.statistics;
