/**
 * Captioned pictures whose truth is known: two emoji beside each other in one of two styles. {@link
 * io.journey.scenes.SceneMaker} makes a set of them.
 */
package io.journey.scenes;
