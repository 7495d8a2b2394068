/**
 * Networks that turn an image into a vector, to compare images or to say what they show: one
 * trained here, and those of others.
 */
package io.journey.embedding;
