/**
 * Checks of attributions by leaving out the strongest images of a drawing: {@link
 * io.journey.evaluation.removal.RetrainCheck} looks at one stretch of its steps, {@link
 * io.journey.evaluation.removal.ForgetCheck} draws it anew. {@link
 * io.journey.evaluation.removal.RemovalStudy} is what both share: sets of images, retrained models,
 * tables.
 */
package io.journey.evaluation.removal;
