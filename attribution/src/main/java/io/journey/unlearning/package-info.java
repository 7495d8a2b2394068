/**
 * Unlearning a question: a checkpoint's copy is trained until it answers like an untrained model,
 * and the training images that it loses with the answer are those that the answer came from. Start
 * reading at {@link io.journey.unlearning.Unlearning}.
 */
package io.journey.unlearning;
