/**
 * The linear datamodeling score: a {@link io.journey.results.lds.GroundTruth} is what models did
 * that were trained on {@link io.journey.results.lds.RandomSubsets}; {@link
 * io.journey.results.lds.Lds} judges {@link io.journey.results.lds.Prediction}s of it.
 */
package io.journey.results.lds;
