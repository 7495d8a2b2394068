package io.journey.training;

/**
 * A line of the ledger of a training: an image that a step met.
 *
 * @param step of the optimizer, from 0
 * @param place in the step's batch, from 0; places of images that were left out are missing
 * @param example its index in the data set
 * @param id its name in the data set
 * @param timestep t of its noise
 * @param flipped whether it was mirrored
 * @param condition its class or caption as the model was told, or ""
 * @param seed names its noise, in hexadecimal
 */
public record LedgerLine(
    int step,
    int place,
    int example,
    String id,
    int timestep,
    boolean flipped,
    String condition,
    String seed) {}
