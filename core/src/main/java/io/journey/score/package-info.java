/** From features to a score per example and step; one file per estimator. */
package io.journey.score;
