/**
 * Layers that stand alone: each takes its sizes, knows no model, and puts its uses on a {@link
 * io.journey.nn.Tape}.
 *
 * <p>A constructor announces its weights to {@link io.journey.nn.Parameters} in a fixed order,
 * which is the order of θ on disk where features are not projected: a change of it changes what
 * stored features mean. {@code AnnouncedOrderTest} holds it.
 */
package io.journey.nn;
