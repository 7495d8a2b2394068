/**
 * What training did, step by step, seen from its end: the steps of Adam are taken back one by one,
 * and what each image of each batch did to a question about the finished model is added up. Start
 * reading at {@link io.journey.unrolling.BackwardSweep}.
 */
package io.journey.unrolling;
