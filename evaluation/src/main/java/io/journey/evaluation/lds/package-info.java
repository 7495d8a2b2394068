/**
 * The linear datamodeling score, its costly side: {@link io.journey.evaluation.lds.GroundTruthRun}
 * trains models on random subsets and keeps what they answer; {@link
 * io.journey.evaluation.lds.LdsStudy} asks estimators and baselines for predictions of it. {@code
 * io.journey.results.lds} judges them.
 */
package io.journey.evaluation.lds;
