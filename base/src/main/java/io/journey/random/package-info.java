/** Randomness by name: seeds derived from what a number is for, never from the order of calls. */
package io.journey.random;
