/**
 * What happens to a drawing when its strongest images are left out: {@link
 * io.journey.evaluation.removal.RetrainCheck} looks at one stretch of its steps, {@link
 * io.journey.evaluation.removal.ForgetCheck} draws it anew. {@link
 * io.journey.evaluation.removal.RemovalStudy} is what both share: sets of images, retrained models,
 * tables.
 */
package io.journey.evaluation.removal;
