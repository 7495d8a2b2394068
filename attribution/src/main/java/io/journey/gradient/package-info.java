/** The gradient of a loss for each example. */
package io.journey.gradient;
