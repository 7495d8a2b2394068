/**
 * The linear datamodeling score: {@link io.journey.evaluation.lds.GroundTruthRun} trains models on
 * {@link io.journey.evaluation.lds.RandomSubsets} and keeps what they answer as a {@link
 * io.journey.evaluation.lds.GroundTruth}; {@link io.journey.evaluation.lds.LdsStudy} asks
 * estimators and baselines for {@link io.journey.evaluation.lds.Prediction}s of it and judges them.
 */
package io.journey.evaluation.lds;
