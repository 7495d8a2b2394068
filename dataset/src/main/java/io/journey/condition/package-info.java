/** Conditions that images are drawn under, of one image and of a batch. */
package io.journey.condition;
